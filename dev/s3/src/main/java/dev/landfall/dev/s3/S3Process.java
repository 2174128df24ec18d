package dev.landfall.dev.s3;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * S3Proxy over a directory, in a child process with a class path of its own. Verifies SigV4. Path style. The child ends with this
 * process, however this process ends. Its buckets are directories, and its warnings go to {@code s3.log} beside them.
 */
public final class S3Process implements AutoCloseable {
    /** More options for the child's JVM, separated by blanks. */
    private static final String JVM_PROPERTY = "landfall.s3.jvm";

    private static final Duration STOP = Duration.ofSeconds(5);

    private final Process process;
    private final Path directory;
    private final S3Keys keys;
    private final int port;

    private S3Process(Process process, Path directory, S3Keys keys, int port) {
        this.process = process;
        this.directory = directory;
        this.keys = keys;
        this.port = port;
    }

    /**
     * Starts the server and returns when it answers. Keys are generated once per directory and kept there, readable by the owner only.
     *
     * @param port 0 picks a free one, or the one of the last start in this directory if it is still free
     * @param latency added to each request before the first byte of its reply
     */
    public static S3Process start(Path directory, int port, Duration latency) {
        try {
            Files.createDirectories(directory.resolve("buckets"));
            S3Keys keys = S3Keys.of(directory, new SecureRandom());
            Path portFile = directory.resolve("port");
            int remembered = port == 0 && Files.exists(portFile)
                    ? Integer.parseInt(Files.readString(portFile).strip())
                    : 0;
            S3Process server = remembered == 0 ? null : launch(directory, keys, remembered, latency);
            if (server == null) {
                server = launch(directory, keys, port, latency);
            }
            if (server == null) {
                throw new IllegalStateException("The S3 server did not start" + (port == 0 ? "" : " on port " + port)
                        + ": " + lastWords(directory));
            }
            Path fresh = directory.resolve("port.new");
            Files.writeString(fresh, server.port + "\n");
            Files.move(fresh, portFile, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException("Failed to start the S3 server in " + directory, e);
        }
    }

    /** Null when the child ended without an answer, as it does when the port is taken. */
    private static @Nullable S3Process launch(Path directory, S3Keys keys, int port, Duration latency)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC"));
        String jvm = System.getProperty(JVM_PROPERTY, "").strip();
        if (!jvm.isEmpty()) {
            command.addAll(List.of(jvm.split("\\s+")));
        }
        command.addAll(List.of(
                "--sun-misc-unsafe-memory-access=allow",
                "-Dlogback.configurationFile=s3-logback.xml",
                "-cp",
                ChildClassPath.find(),
                S3Main.class.getName(),
                directory.toString(),
                Integer.toString(port),
                Long.toString(latency.toMillis())));
        Process process = new ProcessBuilder(command)
                .redirectError(log(directory).toFile())
                .start();
        var reply = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line;
        try {
            line = reply.readLine();
        } catch (IOException e) {
            process.destroyForcibly();
            throw e;
        }
        if (line == null) {
            int status = process.onExit()
                    .completeOnTimeout(process, STOP.toMillis(), TimeUnit.MILLISECONDS)
                    .thenCompose(child -> child.destroyForcibly().onExit())
                    .join()
                    .exitValue();
            String ended = "The server ended with " + status + "\n";
            Files.writeString(log(directory), ended, StandardOpenOption.APPEND);
            return null;
        }
        return new S3Process(process, directory, keys, Integer.parseInt(line));
    }

    private static String lastWords(Path directory) throws IOException {
        return Files.readAllLines(log(directory)).getFirst() + " (see " + log(directory) + ")";
    }

    private static Path log(Path directory) {
        return directory.resolve("s3.log");
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + port);
    }

    public String region() {
        return "us-east-1";
    }

    public String accessKey() {
        return keys.accessKey();
    }

    public String secretKey() {
        return keys.secretKey();
    }

    public long pid() {
        return process.pid();
    }

    /** Makes an empty bucket, if it is not there. */
    public void createBucket(String name) {
        try {
            Files.createDirectories(bucketDirectory(name));
        } catch (IOException e) {
            throw new UncheckedIOException("Failed to create the S3 bucket " + name, e);
        }
    }

    /** Where the objects of a bucket are files: to look at them, or to damage them, behind the server's back. */
    public Path bucketDirectory(String name) {
        return directory.resolve("buckets").resolve(name);
    }

    /** What happens to the child when this process dies. */
    void endInput() throws IOException {
        process.getOutputStream().close();
    }

    /** Ends the process by its id and waits for it. */
    @Override
    public void close() {
        process.destroy();
        boolean interrupted = false;
        try {
            if (!process.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            interrupted = true;
            process.destroyForcibly();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
