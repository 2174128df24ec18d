package dev.landfall.topology;

import dev.landfall.ingest.ObjectRouter;
import dev.landfall.model.ChangeCause;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.Origin;
import dev.landfall.model.TimeSource;
import dev.landfall.targets.BodyReader;
import dev.landfall.targets.Condition;
import dev.landfall.writeback.ObjectData;
import dev.landfall.writeback.PutOutcome;
import dev.landfall.writeback.PutRequest;
import java.io.IOException;
import java.net.URLConnection;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** One attempt at one item: reads the source, runs the transforms one after another, puts the output. */
final class Attempt {
    /** The transforms need not run again because of a hiccup of the destination. */
    private static final List<Duration> PUT_PAUSES =
            List.of(Duration.ofMillis(200), Duration.ofSeconds(1), Duration.ofSeconds(2));

    private final Sources sources;
    private final ObjectRouter router;
    private final TimeSource time;
    private final Map<String, Transform> transforms;
    private final int version;
    private final WorkDirectory work;

    Attempt(
            Sources sources,
            ObjectRouter router,
            TimeSource time,
            Map<String, Transform> transforms,
            int version,
            WorkDirectory work) {
        this.sources = sources;
        this.router = router;
        this.time = time;
        this.transforms = Map.copyOf(transforms);
        this.version = version;
        this.work = work;
    }

    /** Never throws. Leaves no file behind. */
    Outcome run(WorkItem item, PipelineSpec pipeline, Cancellation cancellation) {
        String stage = "read";
        Path directory = null;
        try {
            ObjectKey source = item.sourceKey();
            if (!sources.isCurrent(source, item.generation())) {
                return new Outcome.Skipped("the source has changed or is gone");
            }
            ObjectKey output = pipeline.outputFor(source);
            directory = work.create();
            Path file;
            try (ObjectData data = sources.open(source, item.generation())) {
                if (data == null) {
                    return new Outcome.Skipped("the source has changed or is gone");
                }
                Path fetched = directory.resolve("source" + extension(source.name()));
                file = switch (data) {
                    case ObjectData.Local local -> inOneFile(local.reader(), fetched);
                    case ObjectData.Cold cold -> fetch(cold, fetched);
                };
                boolean borrowed = !file.equals(fetched);
                for (int i = 0; i < pipeline.via().size(); i++) {
                    stage = pipeline.via().get(i);
                    boolean last = i == pipeline.via().size() - 1;
                    Path made = directory.resolve(last ? "output" + extension(output.name()) : "stage-" + (i + 1));
                    Objects.requireNonNull(transforms.get(stage))
                            .run(new TransformCall(
                                    source,
                                    item.generation(),
                                    file,
                                    borrowed,
                                    made,
                                    directory,
                                    item.attempt(),
                                    cancellation));
                    if (cancellation.isCancelled()) {
                        return new Outcome.Cancelled();
                    }
                    if (!Files.isRegularFile(made)) {
                        return new Outcome.Failed(
                                stage, "NoOutput", "The transform " + stage + " wrote no output", true, "");
                    }
                    if (!borrowed) {
                        Files.deleteIfExists(file);
                    }
                    file = made;
                    borrowed = false;
                }
            }
            stage = "put";
            return put(item, pipeline, output, file, cancellation);
        } catch (TransformException e) {
            return cancellation.isCancelled()
                    ? new Outcome.Cancelled()
                    : new Outcome.Failed(stage, "TransformFailed", e.getMessage(), e.retryable(), e.detail());
        } catch (LandfallException e) {
            return cancellation.isCancelled() ? new Outcome.Cancelled() : classify(stage, e);
        } catch (IOException | RuntimeException | Error e) {
            return cancellation.isCancelled()
                    ? new Outcome.Cancelled()
                    : new Outcome.Failed(stage, e.getClass().getSimpleName(), String.valueOf(e.getMessage()), true, "");
        } finally {
            if (directory != null) {
                work.remove(directory);
            }
        }
    }

    private Outcome put(WorkItem item, PipelineSpec pipeline, ObjectKey output, Path file, Cancellation cancellation)
            throws IOException {
        var origin = new Origin(
                item.topology() + "/" + pipeline.name(), item.key(), item.generation(), Math.max(item.run(), version));
        var request = new PutRequest(
                Files.size(file),
                URLConnection.guessContentTypeFromName(output.name()),
                Map.of(),
                null,
                ChangeCause.PIPELINE,
                new Condition.IfOutput(origin, pipeline.overwrite()),
                origin,
                item.traceparent());
        for (int tries = 0; ; tries++) {
            try {
                PutOutcome stored = router.putFile(output, request, file);
                String how = stored.kind() == PutOutcome.Kind.SUPERSEDED ? "superseded" : "done";
                return new Outcome.Stored(how, output, stored.record().generation(), request.length());
            } catch (LandfallException e) {
                if (tries == PUT_PAUSES.size()
                        || cancellation.isCancelled()
                        || !(classify("put", e) instanceof Outcome.Unavailable)) {
                    throw e;
                }
                time.sleep(PUT_PAUSES.get(tries));
            }
        }
    }

    private static Outcome classify(String stage, LandfallException e) {
        ErrorCode code = e.code();
        boolean passes = code.status() == 503
                || code == ErrorCode.OUTCOME_UNKNOWN
                || code == ErrorCode.NOT_OWNER
                || code == ErrorCode.REQUEST_TIMEOUT
                || code == ErrorCode.INSUFFICIENT_STORAGE;
        if (passes) {
            return new Outcome.Unavailable(code.wire(), e.getMessage(), e.retryAfter());
        }
        boolean retryable = code.status() >= 500 || code == ErrorCode.BAD_DIGEST || code == ErrorCode.INCOMPLETE_BODY;
        return new Outcome.Failed(stage, code.wire(), e.getMessage(), retryable, "");
    }

    /** The data file itself; for an object in several, a copy. */
    private static Path inOneFile(BodyReader reader, Path to) throws IOException {
        if (reader.paths().size() == 1) {
            return reader.paths().getFirst();
        }
        try (FileChannel copy = FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            reader.transferTo(0, reader.record().size(), (file, position, count) -> {
                for (long done = 0; done < count; ) {
                    done += file.transferTo(position + done, count - done, copy);
                }
            });
        }
        return to;
    }

    private static Path fetch(ObjectData.Cold cold, Path to) throws IOException {
        Files.copy(cold.body(), to);
        return to;
    }

    /** With its dot, and only if every tool can live with it; many guess a format by it. */
    static String extension(String name) {
        int dot = name.lastIndexOf('.');
        String extension = dot > name.lastIndexOf('/') + 1 ? name.substring(dot) : "";
        return extension.matches("\\.[A-Za-z0-9_-]{1,16}") ? extension : "";
    }
}
