package dev.landfall.targets;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tag;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.slf4j.LoggerFactory;

/**
 * Random operations, restarts, crashes and failures against a map in memory: the sums after each, the whole store after every hundredth. The
 * seed is printed; {@code @Property(seed = "…")} repeats a run.
 */
final class ModelTest {
    private static final int LENGTH = 1000;

    @Property(tries = 20, edgeCases = EdgeCasesMode.NONE)
    void theStoreIsWhatTheModelSays(@ForAll("sequences") ModelOperation.Sequence sequence) throws Exception {
        run(sequence);
    }

    @Property(tries = 1000, edgeCases = EdgeCasesMode.NONE)
    @Tag("campaign")
    void theStoreIsWhatTheModelSaysAMillionTimes(@ForAll("sequences") ModelOperation.Sequence sequence)
            throws Exception {
        run(sequence);
    }

    /** Every damaged file and failed sync is an error to the store; here there are thousands of them. */
    @BeforeContainer
    static void quiet() {
        ((Logger) LoggerFactory.getLogger(DataFiles.class)).setLevel(Level.OFF);
        ((Logger) LoggerFactory.getLogger(Fence.class)).setLevel(Level.OFF);
    }

    @AfterContainer
    static void loud() {
        ((Logger) LoggerFactory.getLogger(DataFiles.class)).setLevel(null);
        ((Logger) LoggerFactory.getLogger(Fence.class)).setLevel(null);
    }

    private static void run(ModelOperation.Sequence sequence) throws Exception {
        try (var run = ModelRun.start()) {
            for (ModelOperation operation : sequence.operations()) {
                run.step(operation);
            }
            run.checkEverything();
        }
    }

    /** As long as can be; a shorter one only when a failure is made smaller. */
    @Provide
    Arbitrary<ModelOperation.Sequence> sequences() {
        RandomDistribution longest = (size, minimum, maximum, center) -> random -> maximum;
        return operations()
                .list()
                .ofMinSize(0)
                .ofMaxSize(LENGTH)
                .withSizeDistribution(longest)
                .map(ModelOperation.Sequence::new);
    }

    private static Arbitrary<ModelOperation> operations() {
        Arbitrary<Integer> name = Arbitraries.integers().between(0, ModelRun.NAMES.size() - 1);
        Arbitrary<Integer> size = Arbitraries.frequencyOf(
                Tuple.of(40, Arbitraries.integers().between(0, 100)),
                Tuple.of(4, Arbitraries.integers().between(0, 10_000)),
                Tuple.of(1, Arbitraries.integers().between(60_000, 70_000)));
        Arbitrary<Boolean> flag = Arbitraries.of(false, true);
        Arbitrary<Integer> thousandth = Arbitraries.integers().between(0, 1000);
        return Arbitraries.frequencyOf(
                Tuple.of(
                        300,
                        Combinators.combine(name, size, flag, flag, flag, flag).as(ModelOperation.Put::new)),
                Tuple.of(30, Combinators.combine(name, size, thousandth).as(ModelOperation.Multipart::new)),
                Tuple.of(120, name.map(ModelOperation.Delete::new)),
                Tuple.of(60, Combinators.combine(name, name).as(ModelOperation.Copy::new)),
                Tuple.of(100, name.map(ModelOperation.Get::new)),
                Tuple.of(60, Combinators.combine(name, thousandth, thousandth).as(ModelOperation.Range::new)),
                Tuple.of(
                        60,
                        Combinators.combine(Arbitraries.of("", "a", "a/", "n/1", "ü"), position(), limit())
                                .as(ModelOperation.Listing::new)),
                Tuple.of(20, Combinators.combine(name, size).as(ModelOperation.GiveUp::new)),
                Tuple.of(100, name.map(ModelOperation.Uploaded::new)),
                Tuple.of(30, name.map(ModelOperation.Park::new)),
                Tuple.of(20, name.map(ModelOperation.Unpark::new)),
                Tuple.of(40, Combinators.combine(name, size).as(ModelOperation.Fill::new)),
                Tuple.of(
                        40,
                        Arbitraries.integers()
                                .between(0, StoreTest.PARTITIONS - 1)
                                .map(ModelOperation.Trim::new)),
                Tuple.of(20, Arbitraries.just(new ModelOperation.Reap())),
                Tuple.of(4, Arbitraries.just(new ModelOperation.FullDisk(true))),
                Tuple.of(20, Arbitraries.just(new ModelOperation.FullDisk(false))),
                Tuple.of(1, Combinators.combine(name, flag).as(ModelOperation.FailingSync::new)),
                Tuple.of(2, Arbitraries.just(new ModelOperation.Reopen())),
                Tuple.of(3, Arbitraries.of(ModelOperation.Lost.class).map(ModelOperation.Crash::new)));
    }

    private static Arbitrary<Integer> position() {
        return Arbitraries.integers().between(-1, ModelRun.NAMES.size() - 1);
    }

    private static Arbitrary<Integer> limit() {
        return Arbitraries.integers().between(0, 15);
    }
}
