package dev.landfall.writeback;

import static dev.landfall.writeback.SimPromises.require;
import static dev.landfall.writeback.SimPromises.text;

import dev.landfall.model.BucketName;
import dev.landfall.model.BucketSpec;
import dev.landfall.model.Generation;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.WritebackMode;
import dev.landfall.targets.Condition;
import dev.landfall.targets.DirtyStats;
import dev.landfall.targets.SimDisk;
import dev.landfall.targets.SimStore;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * One run of the write-back core against a simulated S3, Kafka and disk, drawn from a seed: first some lives of the process with faults all
 * the time (safety), then everything heals and all that is owed has to be done (liveness). The same seed is the same run.
 */
final class Simulation {
    private static final BucketName BUCKET = new BucketName("bucket");
    private static final int PARTITIONS = 4;
    private static final Duration ATTEMPT = Duration.ofSeconds(2);

    private final SimLoop loop;
    private final SimHistory history;
    private final SimPromises promises = new SimPromises();
    private final SimWeather weather;
    private final SimDisk disk;
    private final SimS3 s3;
    private final List<ObjectKey> keys = new ArrayList<>();
    private final int clients;
    private final TieredStore.Config config;
    private final boolean diskFails;
    private final boolean foreigners;
    private final boolean stalls;
    private final Duration pause;
    /** What the index says of each key. */
    private final Map<ObjectKey, ObjectRecord> current = new HashMap<>();

    private Duration wallOffset = Duration.ZERO;
    private int epoch = 1;
    private SimProcess process;
    private SimStore store;
    private TieredStore tiered;
    private boolean started;
    private boolean healed;
    /** Clients that go on. */
    private int active;

    private Simulation(long seed, boolean wanted) {
        loop = new SimLoop(seed);
        history = new SimHistory(loop, wanted);
        weather = new SimWeather(loop);
        disk = new SimDisk(loop.random);
        s3 = new SimS3(loop, weather, history, disk, loop.chance(0.6), ATTEMPT);
        s3.onChange = remote -> {
            var key = new ObjectKey(BUCKET, remote.substring(2));
            promises.foreign.remove(key);
            isCleanOnS3(key);
        };
        int count = 1 + loop.random.nextInt(4);
        for (int k = 0; k < count; k++) {
            keys.add(new ObjectKey(BUCKET, "k" + k));
        }
        clients = 1 + loop.random.nextInt(4);
        diskFails = loop.chance(0.3);
        foreigners = loop.chance(0.2);
        stalls = loop.chance(0.3);
        pause = Duration.ofMillis(loop.chance(0.5) ? 250 : 1500);
        config = new TieredStore.Config(
                Map.of("default", new RemoteEndpoint("default", URI.create("sim:s3"), "eu", true, "", "", ATTEMPT)),
                1 + loop.random.nextInt(4),
                Duration.ofSeconds(loop.chance(0.5) ? 5 : 30),
                loop.chance(0.2) ? 12 : 1 << 20,
                Duration.ofHours(1),
                !loop.chance(0.1),
                new Retries(Duration.ofMillis(100), Duration.ofSeconds(5), 3, Duration.ofMillis(200)));
    }

    /**
     * @return how many changes were committed
     * @throws SimViolation with the seed and, in its second run, the history
     */
    static long run(long seed) {
        try {
            var simulation = new Simulation(seed, false);
            simulation.run();
            return simulation.promises.changes;
        } catch (SimViolation first) {
            var again = new Simulation(seed, true);
            try {
                again.run();
            } catch (SimViolation e) {
                throw new SimViolation(
                        "Seed " + seed + ": " + e.getMessage() + "\nAgain: -Dseed=" + seed + "\n" + again.history, e);
            }
            throw new SimViolation("Seed " + seed + " is not the same twice: " + first.getMessage(), first);
        }
    }

    private void run() {
        int lives = 1 + loop.random.nextInt(4);
        for (int life = 0; life < lives; life++) {
            weather.change();
            start(true);
            live(loop.between(500_000, 10_000_000));
            if (life + 1 < lives || loop.chance(0.5)) {
                end(loop.random.nextInt(3));
            }
        }
        heal();
        drain();
        // What is still on its way to S3 arrives, and changes nothing.
        loop.runUntil(() -> false, ATTEMPT.toNanos());
        compare();
        promises.allDelivered();
        stop();
    }

    private void live(long nanos) {
        long end = loop.nanos + nanos;
        while (loop.nanos < end) {
            loop.runUntil(() -> false, Math.min(end - loop.nanos, loop.between(100_000, 5_000_000)));
            weather.change();
            disk.full = diskFails && loop.chance(0.2);
            disk.syncFailures = diskFails && loop.chance(0.2) ? 0.02 : 0;
            if (foreigners && loop.chance(0.3)) {
                foreign(keys.get(loop.random.nextInt(keys.size())));
            }
            if (stalls && loop.chance(0.3)) {
                long stall = loop.between(100_000, loop.chance(0.2) ? 60_000_000 : 3_000_000);
                history.add(() -> "everything stands still");
                process.freeze(stall);
                end += stall;
            }
            if (stalls && loop.chance(0.2)) {
                wallOffset = Duration.ofMinutes(loop.random.nextInt(-120, 120));
                process.wallOffset = wallOffset;
            }
            if (started && store.isFenced()) {
                history.add(() -> "the disk is fenced");
                return;
            }
        }
    }

    private void start(boolean withClients) {
        process = new SimProcess(loop, wallOffset);
        started = false;
        active = 0;
        SimProcess mine = process;
        history.add(() -> "starts");
        mine.start(() -> {
            try {
                open(mine, withClients);
            } catch (LandfallException e) {
                history.add(() -> "cannot start: " + e.code());
            }
        });
    }

    private void open(SimProcess mine, boolean withClients) {
        store = SimStore.open(disk, PARTITIONS, mine, loop.random);
        boolean late = loop.chance(0.3);
        if (!late) {
            assign();
        }
        current.clear();
        store.records().forEach(record -> current.put(record.key(), record));
        keys.forEach(key -> promises.holds(key, current.get(key)));
        store.onCommit(record -> {
            try {
                committed(record);
            } catch (SimViolation e) {
                loop.fail(e);
            }
        });
        var cluster = new FakeCluster().bucket("bucket", BucketSpec.remote(WritebackMode.ASYNC, "s3://far-away/b"));
        tiered = TieredStore.start(
                config,
                store,
                cluster,
                new CompositeMeterRegistry(),
                mine,
                endpoint -> s3.connect(mine),
                loop.random,
                new SimTimers(loop, mine));
        if (late) {
            assign();
        }
        mine.start(new SimRelay(loop, weather, mine, store, promises));
        for (int i = 0; withClients && i < clients; i++) {
            SimClient client = client("c" + i + "@" + loop.nanos / 1_000_000);
            active++;
            mine.start(() -> {
                client.run();
                active--;
            });
        }
        started = true;
    }

    private SimClient client(String name) {
        return new SimClient(
                new SimClient.World(loop, process, store, tiered, promises, history, keys, pause, () -> !healed), name);
    }

    private void assign() {
        if (loop.chance(0.2)) {
            epoch++;
        }
        Map<Integer, Integer> epochs = new HashMap<>();
        for (int p = 0; p < PARTITIONS; p++) {
            epochs.put(p, epoch);
        }
        store.assign(epochs);
    }

    /** @param how 0: killed, 1: the power fails, 2: as it should be */
    private void end(int how) {
        if (how == 2 && started && !store.isFenced()) {
            stop();
            return;
        }
        process.kill();
        s3.killed(process);
        history.add(() -> how == 1 ? "the power fails" : "is killed");
        if (how == 1) {
            disk.cutPower();
        }
    }

    private void stop() {
        boolean[] done = new boolean[1];
        history.add(() -> "stops");
        Duration grace = Duration.ofMillis(loop.random.nextInt(5000));
        process.start(() -> {
            tiered.close(grace);
            store.close();
            done[0] = true;
        });
        require(loop.runUntil(() -> done[0], Duration.ofMinutes(3).toNanos()), "it does not stop");
        process.kill();
        s3.killed(process);
    }

    private void heal() {
        history.add(() -> "all heals");
        healed = true;
        weather.heal();
        disk.full = false;
        disk.syncFailures = 0;
        if (process.isDead() || !started || store.isFenced()) {
            process.kill();
            s3.killed(process);
            start(false);
            require(loop.runUntil(() -> started, Duration.ofMinutes(1).toNanos()), "it does not start");
        }
    }

    private void drain() {
        within("the changes that were begun end", () -> active == 0);
        boolean[] finished = new boolean[1];
        process.start(() -> {
            SimClient last = client("last");
            // What others have written is overwritten by the next change.
            for (ObjectKey key : List.copyOf(promises.foreign)) {
                while (!last.put(key, WritebackMode.ASYNC, Condition.ALWAYS)) {
                    // Parked ones may take all the room.
                    tiered.retryParked(BUCKET);
                    process.sleep(Duration.ofSeconds(1));
                }
            }
            finished[0] = true;
        });
        within("the last changes end", () -> finished[0]);
        within("all is clean or parked", () -> {
            DirtyStats stats = store.dirtyStats(null);
            return stats.objects() == stats.parked() && store.intents().isEmpty();
        });
        boolean[] retried = new boolean[1];
        process.start(() -> {
            tiered.retryParked(BUCKET);
            retried[0] = true;
        });
        within("all is clean", () -> retried[0] && store.dirtyStats(null).equals(DirtyStats.NONE));
        within("Kafka has everything", () -> store.outboxDepth() == 0);
        require(store.inconsistency().isEmpty(), store.inconsistency().orElse(""));
    }

    private void within(String what, BooleanSupplier condition) {
        boolean met = loop.runUntil(condition, Duration.ofMinutes(10).toNanos());
        require(
                met,
                "ten minutes after all healed it is not so that " + what + ": " + store.dirtyStats(null) + ", intents "
                        + store.intents() + ", outbox " + store.outboxDepth());
    }

    private void foreign(ObjectKey key) {
        promises.foreign.add(key);
        s3.foreign("b/" + key.name(), ("foreign" + loop.nanos).getBytes(StandardCharsets.UTF_8));
    }

    private void committed(ObjectRecord record) {
        ObjectRecord before = current.put(record.key(), record);
        history.add(() -> "the index has " + record.key() + " " + record.generation() + " " + record.state() + " '"
                + SimClient.content(store, record) + "'");
        String content = SimClient.content(store, record);
        promises.committed(record, content);
        if (before == null || !before.generation().equals(record.generation())) {
            if (!content.startsWith("foreign")) {
                promises.owes(record);
            }
        }
        isCleanOnS3(record.key());
    }

    /** What is clean is on S3, at every moment: nothing older may land on top of it. */
    private void isCleanOnS3(ObjectKey key) {
        ObjectRecord record = current.get(key);
        if (record == null || record.dirtySince() != null || promises.foreign.contains(key) || store.hasIntent(key)) {
            return;
        }
        SimS3.Stored there = s3.stored("b/" + key.name());
        require(
                record.tombstone() ? there == null : there != null && isSame(there, record),
                key + " is clean as " + record.generation() + ", and S3 has "
                        + (there == null ? "nothing" : there.object().generation() + " '" + text(there.bytes()) + "'"));
    }

    private static boolean isSame(SimS3.Stored there, ObjectRecord record) {
        Generation generation = there.object().generation();
        return there.object().size() == record.size()
                && (generation == null
                        ? there.object().etag().equals(record.remoteEtag())
                        : there.object().is(record.generation(), record.size(), record.crc32c())
                                || there.object().etag().equals(record.remoteEtag()));
    }

    private void compare() {
        boolean[] done = new boolean[1];
        process.start(() -> {
            keys.forEach(this::isTheSameEverywhere);
            done[0] = true;
        });
        within("everything can be read", () -> done[0]);
    }

    private void isTheSameEverywhere(ObjectKey key) {
        ObjectRecord record = store.lookup(key).orElse(null);
        promises.holds(key, record);
        SimS3.Stored there = s3.stored("b/" + key.name());
        String here =
                record == null || record.tombstone() ? null : client("reader").get(key);
        String far = there == null ? null : text(there.bytes());
        require(
                record == null && promises.foreign.contains(key) || java.util.Objects.equals(here, far),
                key + " is '" + here + "' here and '" + far + "' on S3");
    }
}
