package dev.landfall.dev.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landfall.client.LandfallClient;
import dev.landfall.dev.DevCluster;
import dev.landfall.dev.DevOptions;
import dev.landfall.model.BucketName;
import dev.landfall.model.BucketSpec;
import dev.landfall.model.Json;
import dev.landfall.model.LandfallException;
import dev.landfall.model.WritebackMode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The main job: PUT, promote, transform, write back; then a look at S3 and Kafka from the outside. */
final class Demo {
    private static final String S3_BUCKET = "demo";
    private static final String PUT = "demo-put";
    private static final String PROMOTED = "demo-promoted";
    private static final String OUTPUTS = "demo-upper";
    private static final Duration LONGEST = Duration.ofSeconds(90);
    /** With a fault there is nothing to wait for that would still come. */
    private static final Duration LONGEST_BROKEN = Duration.ofSeconds(15);

    private final long began = System.nanoTime();
    private final Problems problems = new Problems();
    private final Puts puts = new Puts();
    private final Path home;
    private final Path directory;
    private final @Nullable Fault fault;
    private final PrintWriter out;
    private final Duration longest;

    Demo(Path home, Path directory, @Nullable Fault fault, PrintWriter out) {
        this.home = home;
        this.directory = directory;
        this.fault = fault;
        this.out = out;
        this.longest = fault == null ? LONGEST : LONGEST_BROKEN;
    }

    /** Whether everything matched. */
    boolean run() throws IOException, InterruptedException {
        List<DemoFile> files = DemoFiles.below(directory);
        long bytes = files.stream().mapToLong(DemoFile::size).sum();
        say(files.size() + " files, " + bytes + " bytes; starting Kafka, S3 and three nodes");
        try (var cluster = DevCluster.start(DevOptions.in(home).withPromoteRoots(List.of(directory)));
                var s3 = new S3Check(cluster.s3());
                var client = LandfallClient.to(
                        cluster.nodes().stream().map(node -> node.http()).toList(), LandfallClient.Options.DEFAULT)) {
            say("ready at " + cluster.http());
            s3.createBucket(S3_BUCKET);
            job(cluster, client, files);
            String bootstrap = cluster.kafkaAddress();
            breakS3(cluster, files);
            int events = verify(s3, files, bootstrap);
            report(cluster, files, bytes, events);
            say("stopping");
        }
        out.println(problems.none() ? "Everything matched." : "Not everything matched:");
        problems.print(out);
        out.flush();
        return problems.none();
    }

    private void job(DevCluster cluster, LandfallClient client, List<DemoFile> files) throws InterruptedException {
        for (String bucket : List.of(PUT, PROMOTED, OUTPUTS)) {
            client.createBucket(
                    new BucketName(bucket),
                    BucketSpec.remote(WritebackMode.ASYNC, "s3://" + S3_BUCKET + "/" + prefix(bucket)));
        }
        client.applyTopology("demo", topology());
        say("three buckets that write back to S3, and a pipeline from the first to the third");

        int half = fault == Fault.kafka ? files.size() / 2 : files.size();
        puts.run(client, PUT, files.subList(0, half), problems);
        if (fault == Fault.kafka) {
            say("breaking: Kafka stops");
            cluster.stopKafka();
            puts.run(client, PUT, files.subList(half, files.size()), problems);
        }
        say("PUT " + puts.took().size() + " files over HTTP: " + Percentiles.of(times()));
        promote(client);
        await("outputs", () -> count(client) >= files.size());
        say("the pipeline has made " + count(client) + " outputs");
        for (String bucket : List.of(PUT, PROMOTED, OUTPUTS)) {
            attempt("flush " + bucket, () -> {
                JsonNode reply = client.flush(new BucketName(bucket), longest);
                if (!reply.path("clean").asBoolean()) {
                    problems.add("The bucket " + bucket + " still has "
                            + reply.path("dirty").path("objects") + " objects that S3 has not");
                }
            });
        }
        say(
                problems.none()
                        ? "S3 has everything, Landfall says"
                        : "not all of it worked; looking at S3 and Kafka all the same");
    }

    private void promote(LandfallClient client) {
        attempt("promote", () -> {
            var job = Json.mapper().createObjectNode();
            job.put("kind", "promote")
                    .put("bucket", PROMOTED)
                    .put("path", directory.toString())
                    .put("recursive", true);
            String id = client.createJob(job).path("id").asText();
            await(
                    "the promote job",
                    () -> !client.job(id).path("state").asText().equals("running"));
            JsonNode ended = client.job(id);
            if (!ended.path("state").asText().equals("done")) {
                problems.add("The promote job is " + ended.path("state").asText() + ": " + ended);
            }
            say("promoted " + ended.path("objects") + " files");
        });
    }

    private String topology() {
        return """
                version: 1
                transforms:
                  upper:
                    exec: %s
                pipelines:
                  demo:
                    from: {bucket: %s, match: "**"}
                    via: [upper]
                    to: {bucket: %s, name: "{name}"}
                """.formatted(
                        fault == Fault.transform ? "[\"sh\", \"-c\", \"cat; exit 3\"]" : "[\"tr\", \"a-z\", \"A-Z\"]",
                        PUT,
                        OUTPUTS);
    }

    private static long count(LandfallClient client) {
        long count = 0;
        for (var all = client.list(new BucketName(OUTPUTS), ""); all.hasNext(); all.next()) {
            count++;
        }
        return count;
    }

    private void breakS3(DevCluster cluster, List<DemoFile> files) throws IOException {
        if (fault != Fault.s3) {
            return;
        }
        Path bucket = cluster.s3().bucketDirectory(S3_BUCKET);
        Path damaged = bucket.resolve(prefix(PUT)).resolve(files.getFirst().name());
        Path deleted = bucket.resolve(prefix(PROMOTED)).resolve(files.getLast().name());
        say("breaking: " + bucket.relativize(damaged) + " gets another byte, " + bucket.relativize(deleted)
                + " is deleted");
        Files.write(damaged, new byte[] {'!'}, java.nio.file.StandardOpenOption.APPEND);
        Files.delete(deleted);
    }

    private int verify(S3Check s3, List<DemoFile> files, String bootstrap) throws IOException {
        Map<String, String> sources = new HashMap<>();
        Map<String, String> outputs = new HashMap<>();
        Map<String, Long> sizes = new HashMap<>();
        for (DemoFile file : files) {
            sources.put(file.name(), file.sha256());
            outputs.put(file.name(), file.transformedSha256());
            for (String bucket : List.of(PUT, PROMOTED, OUTPUTS)) {
                sizes.put(bucket + "/" + file.name(), file.size());
            }
        }
        say("comparing every object on S3 with its file, with the AWS SDK");
        s3.compare(S3_BUCKET, prefix(PUT), sources, problems);
        s3.compare(S3_BUCKET, prefix(PROMOTED), sources, problems);
        s3.compare(S3_BUCKET, prefix(OUTPUTS), outputs, problems);
        say("reading the topic with a plain Kafka consumer");
        return new TopicCheck(sizes, problems).run(bootstrap);
    }

    private void report(DevCluster cluster, List<DemoFile> files, long bytes, int events) throws IOException {
        List<Duration> toS3 = new ArrayList<>();
        Path stored = cluster.s3().bucketDirectory(S3_BUCKET).resolve(prefix(PUT));
        for (DemoFile file : files) {
            Path object = stored.resolve(file.name());
            Puts.Took put = puts.took().get(file.name());
            if (put != null && Files.exists(object)) {
                Duration time = Duration.between(
                        put.began(), Files.getLastModifiedTime(object).toInstant());
                toS3.add(time.isNegative() ? Duration.ZERO : time);
            }
        }
        out.println();
        out.println("  files        " + files.size() + " (" + bytes + " bytes)");
        out.println("  PUT          " + Percentiles.of(times()));
        out.println("  PUT to S3    " + Percentiles.of(toS3));
        out.println("  objects      " + 3 * files.size() + " expected: PUT, promoted and made by the pipeline");
        out.println("  events       " + events);
        out.println();
        out.flush();
    }

    private List<Duration> times() {
        return puts.took().values().stream().map(Puts.Took::time).toList();
    }

    private static String prefix(String bucket) {
        return bucket.substring("demo-".length());
    }

    private interface Step {
        void run();
    }

    private void attempt(String what, Step step) {
        try {
            step.run();
        } catch (LandfallException e) {
            problems.add("Failed to " + what + ": " + e.getMessage());
        }
    }

    private void await(String what, BooleanSupplier done) {
        long end = System.nanoTime() + longest.toNanos();
        try {
            while (!done.getAsBoolean()) {
                if (System.nanoTime() - end >= 0) {
                    problems.add(
                            "After " + longest.toSeconds() + " s of waiting for " + what + " they were not complete");
                    return;
                }
                TimeUnit.MILLISECONDS.sleep(100);
            }
        } catch (LandfallException e) {
            problems.add("Failed to wait for " + what + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void say(String sentence) {
        out.printf(Locale.ROOT, "[%5.1f s] %s%n", (System.nanoTime() - began) / 1e9, sentence);
        out.flush();
    }
}
