package dev.landfall.writeback;

import dev.landfall.targets.DirtyStats;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** The numbers of write-back. */
final class WritebackMetrics {
    private static final Duration[] WAKE_BUCKETS = {
        Duration.ofMillis(1),
        Duration.ofMillis(2),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(20),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(500),
        Duration.ofSeconds(5)
    };

    private final MeterRegistry registry;
    private final Map<StartCause, Counter> started = new EnumMap<>(StartCause.class);
    private final Counter coalesced;
    private final Counter conditionFailed;
    private final Counter foreignOverwritten;
    private final Counter recovered;
    private final Timer wake;
    private final Timer latency;

    WritebackMetrics(MeterRegistry registry) {
        this.registry = registry;
        for (StartCause cause : StartCause.values()) {
            started.put(
                    cause,
                    Counter.builder("landfall.writeback.started")
                            .description("Lanes that began to work, by what woke them")
                            .tag("cause", cause.tag())
                            .register(registry));
        }
        coalesced = counter("landfall.coalesced", "Dirty generations that a newer one replaced before their upload");
        conditionFailed = counter("landfall.conflict.412", "PUTs whose condition S3 found not to hold");
        foreignOverwritten = counter(
                "landfall.foreign.seen", "Objects on S3 that Landfall did not write, met when settling an upload");
        recovered = counter("landfall.recovery.dirty.scanned", "Dirty records found at start");
        wake = Timer.builder("landfall.writeback.wake")
                .description("From the commit of a change to the start of its first upload attempt")
                .serviceLevelObjectives(WAKE_BUCKETS)
                .register(registry);
        latency = Timer.builder("landfall.writeback.latency")
                .description("From the commit of a change to S3 having it")
                .publishPercentiles(0.5, 0.99)
                .register(registry);
    }

    /** @param age of the oldest dirty change in seconds */
    void gauges(Supplier<DirtyStats> stats, ToDoubleFunction<DirtyStats> age) {
        gauge("landfall.dirty.objects", "Objects that S3 does not have yet, parked ones too", stats, s -> s.objects());
        gauge("landfall.dirty.bytes", "Bytes that S3 does not have yet, parked ones too", stats, s -> s.bytes());
        gauge("landfall.parked.objects", "Objects that S3 refused for good", stats, s -> s.parked());
        gauge("landfall.dirty.oldest.age.seconds", "Age of the oldest dirty change", stats, age);
    }

    void started(StartCause cause) {
        Counter counter = started.get(cause);
        if (counter != null) {
            counter.increment();
        }
    }

    void woke(long nanos) {
        wake.record(Duration.ofNanos(nanos));
    }

    void uploaded(Duration sinceCommit) {
        latency.record(sinceCommit.isNegative() ? Duration.ZERO : sinceCommit);
    }

    void coalesced() {
        coalesced.increment();
    }

    void conditionFailed() {
        conditionFailed.increment();
    }

    void foreignOverwritten() {
        foreignOverwritten.increment();
    }

    void recovered(long records) {
        recovered.increment(records);
    }

    void attemptFailed(Outcome outcome) {
        registry.counter("landfall.upload.attempts.failed", "class", outcome.tag())
                .increment();
    }

    void rejected(String cause) {
        registry.counter("landfall.backpressure.rejects", "cause", cause).increment();
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    private void gauge(
            String name, String description, Supplier<DirtyStats> stats, ToDoubleFunction<DirtyStats> value) {
        Gauge.builder(name, stats, s -> value.applyAsDouble(s.get()))
                .description(description)
                .strongReference(true)
                .register(registry);
    }
}
