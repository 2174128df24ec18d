package dev.landfall.dev.demo;

import dev.landfall.client.LandfallClient;
import dev.landfall.client.PutOptions;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** PUTs the files over HTTP, a few at a time, and keeps how long each took. */
final class Puts {
    /** When a PUT began, and how long until its 200. */
    record Took(Instant began, Duration time) {}

    private static final int PARALLEL = 4;

    private final Map<String, Took> took = new ConcurrentHashMap<>();

    void run(LandfallClient client, String bucket, List<DemoFile> files, Problems problems)
            throws InterruptedException {
        try (var executor = Executors.newFixedThreadPool(PARALLEL)) {
            List<? extends Future<?>> puts = files.stream()
                    .map(file -> executor.submit(() -> put(client, bucket, file)))
                    .toList();
            for (Future<?> put : puts) {
                try {
                    put.get();
                } catch (ExecutionException e) {
                    problems.add("PUT failed: " + e.getMessage());
                }
            }
        }
    }

    private void put(LandfallClient client, String bucket, DemoFile file) throws LandfallException {
        Instant began = Instant.now();
        long from = System.nanoTime();
        client.put(ObjectKey.of(bucket, file.name()), file.path(), PutOptions.NONE);
        took.put(file.name(), new Took(began, Duration.ofNanos(System.nanoTime() - from)));
    }

    Map<String, Took> took() {
        return took;
    }
}
