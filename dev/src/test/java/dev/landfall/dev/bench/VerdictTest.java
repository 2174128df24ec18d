package dev.landfall.dev.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.landfall.dev.bench.Verdict.Outcome;
import java.util.List;
import org.junit.jupiter.api.Test;

class VerdictTest {
    private static final List<Double> STEADY = List.of(100.0, 110.0, 100.0, 105.0, 100.0);

    @Test
    void theFigureIsTheMedianOfTheRatiosOfThePairs() {
        Verdict verdict = Verdict.of("x", 0.5, true, List.of(90.0, 55.0, 50.0, 63.0, 10.0), STEADY);
        assertThat(verdict.median()).isCloseTo(0.5, within(1e-9));
        assertThat(verdict.min()).isCloseTo(0.1, within(1e-9));
        assertThat(verdict.max()).isCloseTo(0.9, within(1e-9));
        assertThat(verdict.outcome()).isEqualTo(Outcome.MET);
    }

    @Test
    void theMedianOfAnEvenNumberIsBetweenTheTwoInTheMiddle() {
        Verdict verdict = Verdict.of("x", 1, true, List.of(1.0, 2.0, 3.0, 4.0), List.of(1.0, 1.0, 1.0, 1.0));
        assertThat(verdict.median()).isCloseTo(2.5, within(1e-9));
    }

    @Test
    void aMissedBarIsNamedAndExitCode1() {
        Verdict missed =
                Verdict.of("PUT 4KiB objects/s of raw", 0.5, true, List.of(49.0, 49.0, 49.0, 49.0, 49.0), STEADY);
        assertThat(missed.outcome()).isEqualTo(Outcome.MISSED);
        assertThat(missed.line()).startsWith("MISSED").contains("PUT 4KiB objects/s of raw");
        assertThat(Verdict.exitCode(List.of(met(), missed, noisy()))).isEqualTo(1);
    }

    @Test
    void aLatencyMustNotExceedItsBar() {
        assertThat(Verdict.of("p99", 4, false, List.of(8.1), List.of(2.0)).outcome())
                .isEqualTo(Outcome.MISSED);
        assertThat(Verdict.of("p99", 4, false, List.of(7.9), List.of(2.0)).outcome())
                .isEqualTo(Outcome.MET);
    }

    @Test
    void aDenominatorThatVariesByMoreThanThirtyPercentSaysNothing() {
        assertThat(noisy().outcome()).isEqualTo(Outcome.TOO_NOISY);
        assertThat(noisy().line()).startsWith("too noisy");
        assertThat(Verdict.exitCode(List.of(met(), noisy()))).isEqualTo(2);
        assertThat(Verdict.exitCode(List.of(met()))).isZero();
    }

    @Test
    void everySizeOfTheComparisonHasItsBars() {
        Bars bars = Bars.load();
        for (String operation : List.of("put", "get")) {
            for (int size : new BenchOptions().sizes) {
                assertThat(bars.ofRaw(operation, size)).isPresent();
            }
            assertThat(bars.p99OfRaw(operation, 4 << 10)).hasValue(4);
        }
    }

    private static Verdict met() {
        return Verdict.of("met", 0.5, true, STEADY, STEADY);
    }

    private static Verdict noisy() {
        return Verdict.of("noisy", 0.5, true, STEADY, List.of(100.0, 100.0, 131.0, 100.0, 100.0));
    }
}
