package dev.landfall.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landfall.model.BucketName;
import dev.landfall.model.BucketSpec;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.Generation;
import dev.landfall.model.Json;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.FileEntity;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.jspecify.annotations.Nullable;

/**
 * Talks to a cluster over HTTP. Every method may be called from any thread and blocks. What the server refuses, and a cluster that cannot
 * be reached, are {@link LandfallException}s.
 */
public final class LandfallClient implements AutoCloseable {
    /**
     * @param replyTimeout how long the server may be silent in a read
     * @param changeTimeout likewise in a change; a server itself waits up to five minutes for S3 or another node
     * @param connections open at once
     * @param credentials for a cluster that asks for them; null for none
     * @param direct whether to learn the map and go to the owner of a key, rather than let the given servers forward
     */
    public record Options(
            Duration connectTimeout,
            Duration replyTimeout,
            Duration changeTimeout,
            int connections,
            boolean direct,
            @Nullable Credentials credentials) {
        private static final Duration CHANGE_TIMEOUT = Duration.ofSeconds(330);

        public static final Options DEFAULT = new Options(Duration.ofSeconds(5), Duration.ofSeconds(120), 32, true);

        /** With the usual time for changes. */
        public Options(Duration connectTimeout, Duration replyTimeout, int connections, boolean direct) {
            this(connectTimeout, replyTimeout, CHANGE_TIMEOUT, connections, direct, null);
        }

        /** These with credentials. */
        public Options with(@Nullable Credentials credentials) {
            return new Options(connectTimeout, replyTimeout, changeTimeout, connections, direct, credentials);
        }
    }

    /** What a flush may take longer than the server was told to wait. */
    private static final Duration FLUSH_MARGIN = Duration.ofSeconds(30);

    private final Cluster cluster;

    private LandfallClient(Cluster cluster) {
        this.cluster = cluster;
    }

    /** Opens no connection yet. */
    public static LandfallClient to(URI... servers) {
        return to(List.of(servers), Options.DEFAULT);
    }

    /** @throws LandfallException {@code INVALID_ARGUMENT} for what is not {@code http://HOST:PORT} */
    public static LandfallClient to(List<URI> servers, Options options) {
        return new LandfallClient(Cluster.of(servers, options));
    }

    public PutResult put(ObjectKey key, Path file, PutOptions options) {
        return put(key, new FileEntity(file.toFile(), ContentType.APPLICATION_OCTET_STREAM), options);
    }

    public PutResult put(ObjectKey key, byte[] body, PutOptions options) {
        return put(key, new ByteArrayEntity(body, ContentType.APPLICATION_OCTET_STREAM), options);
    }

    /**
     * Reads the stream to its end, once; it is not closed. When the stream fails, nothing is stored.
     *
     * @param length −1 when it is not known
     * @throws LandfallException {@code INCOMPLETE_BODY} when the stream fails
     */
    public PutResult put(ObjectKey key, InputStream body, long length, PutOptions options) {
        return put(key, new InputStreamEntity(new Source(body), length, ContentType.APPLICATION_OCTET_STREAM), options);
    }

    private PutResult put(ObjectKey key, HttpEntity body, PutOptions options) {
        return cluster.call(key, "put " + key, false, (transport, server) -> {
            try (var reply = transport.open(server, "PUT", Urls.object(key), options.headers(), body)) {
                return new PutResult(etag(reply), requireGeneration(reply));
            }
        });
    }

    /** @throws LandfallException {@code NO_SUCH_OBJECT} */
    public ObjectContent get(ObjectKey key) {
        return cluster.call(key, "get " + key, true, (transport, server) -> {
            ClassicHttpResponse reply = transport.open(server, "GET", Urls.object(key), Map.of(), null);
            HttpEntity entity = reply.getEntity();
            InputStream in = entity == null ? InputStream.nullInputStream() : entity.getContent();
            return new ObjectContent(stat(key, reply), in, reply);
        });
    }

    /**
     * Replaces the file only when every byte has arrived.
     *
     * @throws LandfallException {@code NO_SUCH_OBJECT}; {@code INCOMPLETE_BODY} when the bytes do not arrive; {@code INVALID_ARGUMENT} when
     *     the file cannot be written
     */
    public ObjectStat get(ObjectKey key, Path file) {
        Path target = file.toAbsolutePath();
        Path part = target.resolveSibling(
                target.getFileName() + ".part-" + ProcessHandle.current().pid());
        try (ObjectContent content = get(key)) {
            long copied = Files.copy(content, part, StandardCopyOption.REPLACE_EXISTING);
            if (copied != content.stat().size()) {
                throw new IOException("got " + copied + " of " + content.stat().size() + " bytes");
            }
            try {
                Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
            }
            return content.stat();
        } catch (FileSystemException e) {
            throw new LandfallException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Failed to get " + key + " into " + file + ": it cannot be written ("
                            + (e.getReason() == null ? e.getClass().getSimpleName() : e.getReason()) + ")",
                    e);
        } catch (IOException e) {
            throw new LandfallException(
                    ErrorCode.INCOMPLETE_BODY, "Failed to get " + key + " into " + file + ": " + e.getMessage(), e);
        } finally {
            part.toFile().delete();
        }
    }

    /** @throws LandfallException {@code NO_SUCH_OBJECT} */
    public ObjectStat head(ObjectKey key) {
        return cluster.call(key, "stat " + key, true, (transport, server) -> {
            try (var reply = transport.open(server, "HEAD", Urls.object(key), Map.of(), null)) {
                return stat(key, reply);
            } catch (LandfallException e) {
                // A reply to HEAD has no body that could say it.
                throw e.code() == ErrorCode.NO_SUCH_OBJECT
                        ? new LandfallException(ErrorCode.NO_SUCH_OBJECT, "There is no object " + key)
                        : e;
            }
        });
    }

    public void delete(ObjectKey key) {
        cluster.json(key, "delete " + key, "DELETE", Urls.object(key), null);
    }

    /** Every object of the bucket with the prefix, by name; pages are fetched as the iterator moves. */
    public Iterator<ObjectStat> list(BucketName bucket, String prefix) {
        return new Listing(cluster, bucket, prefix);
    }

    /** Creates the bucket; no change when it exists with the same specification. */
    public void createBucket(BucketName bucket, BucketSpec spec) {
        cluster.json(null, "create bucket " + bucket, "PUT", "/api/v1/buckets/" + bucket, Json.write(spec));
    }

    public JsonNode buckets() {
        return cluster.json(null, "list buckets", "GET", "/api/v1/buckets", null);
    }

    public JsonNode bucket(BucketName bucket) {
        return cluster.json(null, "show bucket " + bucket, "GET", "/api/v1/buckets/" + bucket, null);
    }

    public void deleteBucket(BucketName bucket) {
        cluster.json(null, "delete bucket " + bucket, "DELETE", "/api/v1/buckets/" + bucket, null);
    }

    /** Waits, at most for the timeout, until nothing of the bucket waits for S3; what the server says of it. */
    public JsonNode flush(BucketName bucket, Duration timeout) {
        String path = "/api/v1/buckets/" + bucket + "/flush?timeout=" + timeout.toMillis() + "ms";
        return cluster.json(null, "flush " + bucket, "POST", path, new byte[0], timeout.plus(FLUSH_MARGIN));
    }

    public void applyTopology(String name, String yaml) {
        cluster.json(
                null,
                "apply topology " + name,
                "PUT",
                "/api/v1/topologies/" + Urls.encode(name),
                yaml.getBytes(StandardCharsets.UTF_8));
    }

    public JsonNode topologies() {
        return cluster.json(null, "list topologies", "GET", "/api/v1/topologies", null);
    }

    public void deleteTopology(String name) {
        cluster.json(null, "delete topology " + name, "DELETE", "/api/v1/topologies/" + Urls.encode(name), null);
    }

    /** Creates a job; its description, with its id. */
    public JsonNode createJob(JsonNode job) {
        return cluster.json(null, "create job", "POST", "/api/v1/jobs", Json.write(job));
    }

    public JsonNode jobs() {
        return cluster.json(null, "list jobs", "GET", "/api/v1/jobs", null);
    }

    public JsonNode job(String id) {
        return cluster.json(null, "show job " + id, "GET", "/api/v1/jobs/" + Urls.encode(id), null);
    }

    /** Makes a job with the arguments of one that has failed or was cancelled; what says its id. */
    public JsonNode retryJob(String id) {
        return cluster.json(null, "retry job " + id, "POST", "/api/v1/jobs/" + Urls.encode(id) + "/retry", new byte[0]);
    }

    public void cancelJob(String id) {
        cluster.json(null, "cancel job " + id, "DELETE", "/api/v1/jobs/" + Urls.encode(id), null);
    }

    /** Makes an access key; its description, with the secret that is never told again. */
    public JsonNode createKey(JsonNode wanted) {
        return cluster.json(null, "create a key", "POST", "/api/v1/keys", Json.write(wanted));
    }

    public JsonNode keys() {
        return cluster.json(null, "list keys", "GET", "/api/v1/keys", null);
    }

    public void deleteKey(String id) {
        cluster.json(null, "delete key " + id, "DELETE", "/api/v1/keys/" + Urls.encode(id), null);
    }

    /** Nodes, map and coordinator, as the server sees them. */
    public JsonNode cluster() {
        return cluster.json(null, "show the cluster", "GET", "/api/v1/cluster", null);
    }

    private static ObjectStat stat(ObjectKey key, ClassicHttpResponse reply) {
        String length = Transport.header(reply, "Content-Length");
        String state = Transport.header(reply, "Landfall-State");
        return new ObjectStat(
                key,
                length == null ? -1 : Long.parseLong(length),
                etag(reply),
                generation(reply),
                state == null ? "" : state,
                Transport.header(reply, "Landfall-Parked"));
    }

    private static String etag(ClassicHttpResponse reply) {
        String etag = Transport.header(reply, "ETag");
        return etag == null ? "" : etag.replace("\"", "");
    }

    private static @Nullable Generation generation(ClassicHttpResponse reply) {
        String generation = Transport.header(reply, "Landfall-Generation");
        return generation == null ? null : Generation.parse(generation);
    }

    private static Generation requireGeneration(ClassicHttpResponse reply) {
        Generation generation = generation(reply);
        if (generation == null) {
            throw new LandfallException(
                    ErrorCode.INTERNAL_ERROR,
                    "The reply has no Landfall-Generation; check that LANDFALL_URL names a Landfall server");
        }
        return generation;
    }

    @Override
    public void close() {
        cluster.close();
    }
}
