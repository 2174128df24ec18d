package dev.landfall.dev.s3;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.gaul.s3proxy.AccessGrant;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;

/**
 * The child: an S3 server over a directory. Arguments: directory, port (0 for a free one), latency in milliseconds. Prints its port when
 * it answers, and ends soon after its standard input does, so that it does not outlive its parent for long.
 */
final class S3Main {
    /** S3Proxy writes an object to a file of this form and then renames it. */
    private static final Pattern UNNAMED = Pattern.compile("-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$");

    private static final long QUIET_NANOS = 250_000_000L;
    private static final long FINISH_NANOS = 4_000_000_000L;

    private S3Main() {}

    public static void main(String[] args) throws Exception {
        ignoreInterrupt();
        Path directory = Path.of(args[0]);
        long latencyNanos = Long.parseLong(args[2]) * 1_000_000;
        S3Keys keys = S3Keys.read(directory);
        var store = new FilesystemNio2BlobStore(directory.resolve("buckets").toString());
        var grant = new AccessGrant(keys.secretKey(), store);
        S3Proxy proxy = S3Proxy.builder()
                .blobStore(store)
                .endpoint(URI.create("http://127.0.0.1:" + args[1]))
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, keys.accessKey(), keys.secretKey())
                .ignoreUnknownHeaders(true)
                .maxSinglePartObjectSize(5L << 30)
                .v4MaxNonChunkedRequestSize(128L << 20)
                .build();
        // The handler asks for the store once in each request, after the request's headers and before anything is
        // answered.
        proxy.setBlobStoreLocator((identity, container, blob) -> {
            pause(latencyNanos);
            return keys.accessKey().equals(identity) ? grant : null;
        });
        proxy.start();
        System.out.println(proxy.getPort());
        System.out.flush();
        waitForEndOf(System.in);
        try {
            pause(latencyNanos);
            finishWrites(directory.resolve("buckets"));
        } finally {
            // Also when the directory has gone meanwhile: the server's threads would keep an orphan alive.
            Runtime.getRuntime().halt(0);
        }
    }

    /**
     * S3 is another machine: the death of a client ends no request that S3 already has, and leaves no half an object. Here a request in
     * progress shows as a file that is still to get its name; it is waited for, up to a bound.
     */
    private static void finishWrites(Path buckets) throws IOException {
        long end = System.nanoTime() + FINISH_NANOS;
        do {
            pause(QUIET_NANOS);
        } while (isWriting(buckets) && System.nanoTime() < end);
    }

    private static boolean isWriting(Path buckets) throws IOException {
        try (Stream<Path> files = Files.walk(buckets)) {
            return files.anyMatch(
                    file -> UNNAMED.matcher(file.getFileName().toString()).find());
        } catch (UncheckedIOException e) {
            return true; // one got its name, or went, while it was looked at
        }
    }

    private static void pause(long nanos) {
        long end = System.nanoTime() + nanos;
        for (long left; (left = end - System.nanoTime()) > 0; ) {
            LockSupport.parkNanos(left);
        }
    }

    private static void waitForEndOf(InputStream in) {
        try {
            while (in.read() >= 0) {
                // Nothing is ever sent: only the end counts.
            }
        } catch (IOException e) {
            // The same as the end.
        }
    }

    /**
     * Ctrl-C reaches the whole process group; the parent still needs S3 while it drains, and ends this process itself. By reflection,
     * because the compiler refuses the class even though the JDK exports it.
     */
    private static void ignoreInterrupt() throws ReflectiveOperationException {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> handler = Class.forName("sun.misc.SignalHandler");
        Object ignore = Proxy.newProxyInstance(
                S3Main.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> null);
        signal.getMethod("handle", signal, handler)
                .invoke(null, signal.getConstructor(String.class).newInstance("INT"), ignore);
    }
}
