package dev.landfall.targets;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A store process comes to grief at the calls with which an operation changes its files; the next one finds the old state or the new. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the calls are watched with Linux's ptrace")
final class CrashSweepTest {
    @TempDir(factory = InMemory.class)
    static Path directory;

    private static CrashSweep sweep;

    @BeforeAll
    static void prepare() {
        sweep = CrashSweep.in(directory);
    }

    @ParameterizedTest
    @EnumSource
    void aKillAtEveryThirdCallLosesNothingAndInventsNothing(Sweep operation) throws Exception {
        sweep.kill(operation, 3);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("long")
    void aKillAtEveryCallLosesNothingAndInventsNothing(Sweep operation) throws Exception {
        sweep.kill(operation, 1);
    }

    @Test
    @EnabledOnOs(architectures = "amd64", disabledReason = "calls are made to fail in registers of x86-64")
    void aSyncThatFailsFencesAndIsNotTriedAgain() throws Exception {
        sweep.failSyncs(Sweep.DELETE);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("long")
    @EnabledOnOs(architectures = "amd64", disabledReason = "calls are made to fail in registers of x86-64")
    void everySyncThatFailsFencesAndIsNotTriedAgain(Sweep operation) throws Exception {
        sweep.failSyncs(operation);
    }

    /** Needs root. */
    @ParameterizedTest
    @EnumSource
    @Tag("long")
    void aPowerCutAtEverySecondCallLosesNothingAndInventsNothing(Sweep operation, @TempDir Path place)
            throws Exception {
        try (LoopDisk disk = LoopDisk.mount(place.resolve("disk"), 64L << 20)) {
            CrashSweep.on(disk, place.resolve("errors")).kill(operation, 2);
        }
    }
}
