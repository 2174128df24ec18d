package dev.landfall.writeback;

import dev.landfall.model.TimeSource;
import dev.landfall.targets.LocalStore;
import dev.landfall.targets.ObjectStore;
import dev.landfall.targets.SimDisk;
import dev.landfall.targets.SimStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** What the simulation puts in the place of S3 and of the disk keeps the contracts of the real ones. */
class SimulatedPortsTest {
    private static final Map<Integer, Integer> EPOCHS = IntStream.range(0, StoreContract.PARTITIONS)
            .boxed()
            .collect(Collectors.toMap(partition -> partition, partition -> 1));

    @Nested
    class S3OfTheSimulation extends RemoteStoreContract {
        S3OfTheSimulation() {
            super("far-away");
        }

        @Override
        void with(Consumer<RemoteStore> test) {
            var loop = new SimLoop(1);
            var process = new SimProcess(loop, Duration.ZERO);
            var s3 = new SimS3(
                    loop,
                    new SimWeather(loop),
                    new SimHistory(loop, false),
                    new SimDisk(loop.random),
                    true,
                    Duration.ofSeconds(2));
            run(loop, process, () -> test.accept(s3.connect(process)));
        }
    }

    @Nested
    class S3OfTheUnitTests extends RemoteStoreContract {
        S3OfTheUnitTests() {
            super("far-away");
        }

        @Override
        void with(Consumer<RemoteStore> test) {
            test.accept(new FakeRemote(true));
        }
    }

    @Nested
    class StoreOfTheSimulation extends StoreContract {
        private final SimLoop loop = new SimLoop(2);
        private final SimDisk disk = new SimDisk(loop.random);

        @Override
        void with(Consumer<ObjectStore> test) {
            var process = new SimProcess(loop, Duration.ZERO);
            run(loop, process, () -> {
                var store = SimStore.open(disk, PARTITIONS, process, loop.random);
                store.assign(EPOCHS);
                test.accept(store);
                store.close();
            });
            process.kill();
        }
    }

    @Nested
    class RealStore extends StoreContract {
        @TempDir
        Path dir;

        @Override
        void with(Consumer<ObjectStore> test) {
            try (ObjectStore store =
                    LocalStore.open(new LocalStore.Config("n1", List.of(dir), PARTITIONS, TimeSource.system()))) {
                store.assign(EPOCHS);
                test.accept(store);
            }
        }
    }

    private static void run(SimLoop loop, SimProcess process, Runnable body) {
        boolean[] done = new boolean[1];
        Throwable[] thrown = new Throwable[1];
        process.start(() -> {
            try {
                body.run();
            } catch (RuntimeException | AssertionError e) {
                thrown[0] = e;
            }
            done[0] = true;
        });
        Assertions.assertThat(
                        loop.runUntil(() -> done[0], Duration.ofMinutes(10).toNanos()))
                .isTrue();
        if (thrown[0] != null) {
            throw new AssertionError(thrown[0]);
        }
    }
}
