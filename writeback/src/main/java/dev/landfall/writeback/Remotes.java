package dev.landfall.writeback;

import dev.landfall.model.BucketName;
import dev.landfall.model.BucketSpec;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.RemoteLocation;
import dev.landfall.model.TimeSource;
import dev.landfall.placement.Cluster;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Finds the place of a key on S3. Opens an endpoint when it is first used. */
final class Remotes implements AutoCloseable {
    private final Map<String, RemoteEndpoint> endpoints;
    private final Function<RemoteEndpoint, RemoteStore> opener;
    private final Cluster cluster;
    private final String token;
    private final TimeSource time;
    private final Map<String, Remote> open = new ConcurrentHashMap<>();
    private volatile Runnable onHeal = () -> {};

    Remotes(
            Map<String, RemoteEndpoint> endpoints,
            Function<RemoteEndpoint, RemoteStore> opener,
            Cluster cluster,
            String token,
            TimeSource time) {
        this.endpoints = Map.copyOf(endpoints);
        this.opener = opener;
        this.cluster = cluster;
        this.token = token;
        this.time = time;
    }

    /** What to do when an endpoint answers again; must not block. */
    void whenHealed(Runnable action) {
        onHeal = action;
    }

    /** @throws LandfallException {@code NO_SUCH_BUCKET} */
    BucketSpec bucket(BucketName name) {
        return cluster.view().bucket(name);
    }

    /** The place of a key of a bucket that has a remote. */
    Place place(ObjectKey key, BucketSpec spec) {
        RemoteLocation location = spec.location();
        if (location == null) {
            throw new LandfallException(ErrorCode.INVALID_ARGUMENT, "The bucket " + key.bucket() + " has no remote");
        }
        return Place.of(remote(spec), location, key);
    }

    /** Whether {@link #place} has nothing to open. */
    boolean isOpen(BucketSpec spec) {
        return open.containsKey(nameOf(spec));
    }

    /** The same by the present spec; null when the bucket is gone or has no remote that is configured here. */
    @Nullable
    Place find(ObjectKey key) {
        BucketSpec spec = cluster.view().buckets().get(key.bucket().value());
        if (spec == null || spec.location() == null) {
            return null;
        }
        try {
            return place(key, spec);
        } catch (LandfallException e) {
            return null;
        }
    }

    private Remote remote(BucketSpec spec) {
        String name = nameOf(spec);
        RemoteEndpoint endpoint = endpoints.get(name);
        if (endpoint == null) {
            throw new LandfallException(
                    ErrorCode.INVALID_ARGUMENT,
                    "The remote endpoint " + name + " is not configured on this node; it knows "
                            + new TreeMap<>(endpoints).keySet());
        }
        Remote known = open.get(name);
        return known != null
                ? known
                : open.computeIfAbsent(name, n -> {
                    RemoteStore store = opener.apply(endpoint);
                    return new Remote(
                            n,
                            store,
                            new ConditionProbe(store, n, token, time),
                            new Health(time, () -> onHeal.run()),
                            endpoint.attemptTimeout());
                });
    }

    private static String nameOf(BucketSpec spec) {
        return spec.writeback() == null || spec.writeback().endpoint() == null
                ? "default"
                : spec.writeback().endpoint();
    }

    @Override
    public void close() {
        open.values().forEach(remote -> remote.store().close());
    }
}
