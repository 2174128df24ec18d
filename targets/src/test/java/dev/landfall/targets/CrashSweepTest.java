package dev.landfall.targets;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A store process is killed at the calls with which an operation changes its files; the next process finds the old state or the new. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the calls are watched with Linux's ptrace")
final class CrashSweepTest {
    @TempDir(factory = InMemory.class)
    static Path directory;

    private static CrashSweep sweep;

    @BeforeAll
    static void prepare() throws Exception {
        sweep = CrashSweep.prepare(directory);
    }

    @ParameterizedTest
    @EnumSource
    void aKillAtEveryThirdCallLosesNothingAndInventsNothing(Sweep operation) throws Exception {
        sweep.run(operation, 3);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("long")
    void aKillAtEveryCallLosesNothingAndInventsNothing(Sweep operation) throws Exception {
        sweep.run(operation, 1);
    }
}
