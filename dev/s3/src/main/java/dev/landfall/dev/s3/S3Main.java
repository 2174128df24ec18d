package dev.landfall.dev.s3;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.gaul.s3proxy.AccessGrant;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;

/**
 * The child: an S3 server over a directory. Arguments: directory, port (0 for a free one), latency in milliseconds. Prints its port when
 * it answers, and ends when its standard input does, so that it never outlives its parent.
 */
final class S3Main {
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
        Runtime.getRuntime().halt(0);
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
