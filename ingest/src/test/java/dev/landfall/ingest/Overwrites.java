package dev.landfall.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/**
 * Writers that overwrite and delete keys, each its own ones, and readers that look at all of them: half of either by the native API of
 * one node, half by the S3 API of the other. Every key counts its changes, and each body is made of the number of its change; so a reader
 * can tell what it may see: nothing older than what was acknowledged before it asked, nothing older than what it has seen, nothing that was
 * not begun when it was answered, and never a mixture.
 */
final class Overwrites {
    private static final int WRITERS = 4;
    private static final int READERS = 2;
    /** One key in so many is large. */
    private static final int LARGE = 25;
    /** One change in so many is a delete. */
    private static final int DELETE = 4;

    private final GuardedNodes nodes;
    private final int keys;
    private final int small;
    private final int large;
    private final AtomicLongArray begun;
    private final AtomicLongArray acknowledged;
    private final AtomicInteger writing = new AtomicInteger(WRITERS);
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    Overwrites(GuardedNodes nodes, int keys, int small, int large) {
        this.nodes = nodes;
        this.keys = keys;
        this.small = small;
        this.large = large;
        begun = new AtomicLongArray(keys);
        acknowledged = new AtomicLongArray(keys);
    }

    /** @param changes over all keys */
    void run(int changes) throws Exception {
        try (var threads = Executors.newCachedThreadPool()) {
            var writers = new ArrayList<Future<Integer>>();
            var readers = new ArrayList<Future<Integer>>();
            for (int i = 0; i < WRITERS; i++) {
                int writer = i;
                writers.add(threads.submit(() -> write(writer, changes / WRITERS)));
            }
            for (int i = 0; i < READERS; i++) {
                int reader = i;
                readers.add(threads.submit(() -> readUntilTheEnd(reader)));
            }
            try {
                assertThat(sum(writers)).isEqualTo(changes);
                assertThat(sum(readers)).as("versions that the readers saw").isGreaterThan(changes / 20);
            } finally {
                threads.shutdownNow();
            }
        }
        for (int key = 0; key < keys; key++) {
            read(0, key, acknowledged.get(key));
        }
    }

    private static int sum(List<Future<Integer>> counts) throws Exception {
        int sum = 0;
        for (Future<Integer> count : counts) {
            sum += count.get();
        }
        return sum;
    }

    private int write(int writer, int changes) throws Exception {
        var random = new Random(writer);
        try {
            for (int i = 0; i < changes; i++) {
                int key = random.nextInt(keys / WRITERS) * WRITERS + writer;
                long change = begun.incrementAndGet(key);
                if (isDelete(change)) {
                    delete(writer, key);
                } else {
                    put(writer, key, body(key, change));
                }
                acknowledged.set(key, change);
            }
            return changes;
        } finally {
            writing.decrementAndGet();
        }
    }

    /** Returns how many whole versions it saw. */
    private int readUntilTheEnd(int reader) throws Exception {
        var random = new Random(100 + reader);
        long[] seen = new long[keys];
        int versions = 0;
        while (writing.get() > 0) {
            int key = random.nextInt(keys);
            seen[key] = read(reader, key, Math.max(seen[key], acknowledged.get(key)));
            versions += isDelete(seen[key]) ? 0 : 1;
        }
        return versions;
    }

    /** Returns the change whose outcome it saw: not before {@code oldest}. */
    private long read(int reader, int key, long oldest) throws Exception {
        byte[] body = get(reader, key);
        long newest = begun.get(key);
        if (body == null) {
            long change = oldest;
            while (!isDelete(change)) {
                change++;
            }
            assertThat(change).as("key %s is gone after change %s", key, oldest).isLessThanOrEqualTo(newest);
            return change;
        }
        assertThat(body).as("key %s", key).hasSize(sizeOf(key));
        long change = ByteBuffer.wrap(body).getLong();
        assertThat(Arrays.mismatch(body, body(key, change)))
                .as("first foreign byte in change %s of key %s", change, key)
                .isEqualTo(-1);
        assertThat(change).as("what is read of key %s", key).isBetween(oldest, newest);
        return change;
    }

    /** Change 0 is that nothing was ever there. */
    private static boolean isDelete(long change) {
        return change % DELETE == 0;
    }

    private int sizeOf(int key) {
        return key % LARGE == 3 ? large : small;
    }

    /** The numbers of the change and the key, over and over. */
    private byte[] body(int key, long change) {
        byte[] body = new byte[sizeOf(key)];
        ByteBuffer.wrap(body).putLong(change).putLong(key);
        for (int filled = 16; filled < body.length; filled *= 2) {
            System.arraycopy(body, 0, body, filled, Math.min(filled, body.length - filled));
        }
        return body;
    }

    // the two doors

    private void put(int who, int key, byte[] body) throws Exception {
        if (who % 2 == 0) {
            assertThat(send(key, "PUT", HttpRequest.BodyPublishers.ofByteArray(body))
                            .statusCode())
                    .isEqualTo(200);
        } else {
            nodes.s3().putObject(r -> r.bucket(nodes.bucket()).key("k" + key), RequestBody.fromBytes(body));
        }
    }

    private void delete(int who, int key) throws Exception {
        if (who % 2 == 0) {
            assertThat(send(key, "DELETE", HttpRequest.BodyPublishers.noBody()).statusCode())
                    .isEqualTo(204);
        } else {
            nodes.s3().deleteObject(r -> r.bucket(nodes.bucket()).key("k" + key));
        }
    }

    /** Null when there is none. */
    private byte[] get(int who, int key) throws Exception {
        if (who % 2 == 0) {
            var reply = send(key, "GET", HttpRequest.BodyPublishers.noBody());
            assertThat(reply.statusCode()).isIn(200, 404);
            return reply.statusCode() == 200 ? reply.body() : null;
        }
        try {
            return nodes.s3()
                    .getObjectAsBytes(r -> r.bucket(nodes.bucket()).key("k" + key))
                    .asByteArrayUnsafe();
        } catch (NoSuchKeyException e) {
            return null;
        }
    }

    private HttpResponse<byte[]> send(int key, String method, HttpRequest.BodyPublisher body) throws Exception {
        String[] bearer =
                GuardedNodes.bearer(GuardedNodes.ACCESS, GuardedNodes.SECRET).split(": ");
        var request = HttpRequest.newBuilder(
                        URI.create(nodes.two().url("/api/v1/objects/" + nodes.bucket() + "/k" + key)))
                .header(bearer[0], bearer[1])
                .method(method, body)
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    }
}
