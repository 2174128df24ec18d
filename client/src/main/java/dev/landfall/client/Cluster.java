package dev.landfall.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.jspecify.annotations.Nullable;

/** Chooses the server of each call, and another one when the first cannot be reached. */
final class Cluster implements AutoCloseable {
    private static final Owners NONE = new Owners(List.of(), List.of());

    interface Call<T> {
        T on(Transport transport, URI server) throws IOException;
    }

    private final Transport transport;
    private final List<URI> seeds;
    private final boolean direct;
    private final ReentrantLock learning = new ReentrantLock();
    private volatile @Nullable Owners owners;

    private Cluster(Transport transport, List<URI> seeds, boolean direct) {
        this.transport = transport;
        this.seeds = seeds;
        this.direct = direct;
    }

    static Cluster of(List<URI> servers, LandfallClient.Options options) {
        if (servers.isEmpty()) {
            throw new IllegalArgumentException("A client needs the address of at least one server");
        }
        for (URI server : servers) {
            if (server.getHost() == null || !List.of("http", "https").contains(server.getScheme())) {
                throw new LandfallException(
                        ErrorCode.INVALID_ARGUMENT,
                        "\"" + server + "\" is not the address of a server: write http://HOST:PORT");
            }
        }
        var transport = new Transport(options);
        return new Cluster(transport, List.copyOf(servers), options.direct());
    }

    JsonNode json(@Nullable ObjectKey key, String what, String method, String path, byte @Nullable [] body) {
        return json(key, what, method, path, body, null);
    }

    /** @param timeout how long the server may be silent; null for the usual time of the method */
    JsonNode json(
            @Nullable ObjectKey key,
            String what,
            String method,
            String path,
            byte @Nullable [] body,
            @Nullable Duration timeout) {
        HttpEntity entity = body == null ? null : new ByteArrayEntity(body, ContentType.APPLICATION_JSON);
        return call(
                key,
                what,
                method.equals("GET"),
                (on, server) -> on.json(server, method, path, Map.of(), entity, timeout));
    }

    /**
     * Makes the call at the key's owner, or at any server without a key. A server that cannot be connected to is passed over. When a
     * connection breaks, a read goes on to the next server; a change does not, because its outcome is not known: {@code OUTCOME_UNKNOWN}.
     */
    <T> T call(@Nullable ObjectKey key, String what, boolean read, Call<T> call) {
        Owners known = key == null || !direct ? NONE : learn();
        IOException last = null;
        for (URI server : known.candidates(key, seeds)) {
            try {
                return call.on(transport, server);
            } catch (ConnectionRequestTimeoutException e) {
                throw new LandfallException(
                        ErrorCode.BUSY,
                        "Failed to " + what
                                + ": all connections of this client are in use; allow more, or call less at once",
                        e);
            } catch (ConnectException | UnknownHostException | NoRouteToHostException | ConnectTimeoutException e) {
                owners = null;
                last = e;
            } catch (IOException e) {
                if (read) {
                    owners = null;
                    last = e;
                    continue;
                }
                throw new LandfallException(
                        ErrorCode.OUTCOME_UNKNOWN,
                        "Failed to " + what + ": the connection to " + server + " broke (" + e.getMessage()
                                + "), so the outcome is not known; look, or do it again",
                        e);
            } catch (LandfallException e) {
                if (e.code() == ErrorCode.NOT_OWNER) {
                    owners = null;
                }
                throw e;
            }
        }
        throw new LandfallException(
                ErrorCode.OWNER_UNAVAILABLE,
                "Failed to " + what + ": no server answers at "
                        + seeds.stream().map(URI::toString).collect(Collectors.joining(", "))
                        + "; start one, or set LANDFALL_URL to one that runs",
                last);
    }

    private Owners learn() {
        Owners known = owners;
        if (known != null) {
            return known;
        }
        learning.lock();
        try {
            known = owners;
            if (known == null) {
                known = ask();
                owners = known;
            }
            return known;
        } finally {
            learning.unlock();
        }
    }

    private Owners ask() {
        for (URI seed : seeds) {
            try {
                return Owners.parse(transport.json(seed, "GET", "/api/v1/cluster", Map.of(), null, null));
            } catch (IOException | UncheckedIOException | LandfallException e) {
                // Without a map any server forwards; the call itself reports a cluster that does not answer.
            }
        }
        return NONE;
    }

    @Override
    public void close() {
        transport.close();
    }
}
