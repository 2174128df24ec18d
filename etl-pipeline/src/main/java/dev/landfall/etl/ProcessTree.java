package dev.landfall.etl;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A process and all that it started. */
final class ProcessTree {
    private static final int ROUNDS = 5;

    private ProcessTree() {}

    /**
     * Kills what a process that has ended left behind: all that works in its directory or below, or was started with that directory as its
     * TMPDIR. Only where /proc tells of processes.
     */
    static void killLeftovers(Path scratch) {
        for (int round = 0; round < ROUNDS; round++) {
            List<ProcessHandle> left = ProcessHandle.allProcesses()
                    .filter(process -> process.pid() != ProcessHandle.current().pid())
                    .filter(process -> belongsTo(process.pid(), scratch))
                    .toList();
            if (left.isEmpty()) {
                return;
            }
            left.forEach(ProcessHandle::destroyForcibly);
        }
    }

    private static boolean belongsTo(long pid, Path scratch) {
        Path proc = Path.of("/proc", Long.toString(pid));
        try {
            return Files.readSymbolicLink(proc.resolve("cwd")).startsWith(scratch)
                    || ("\0" + Files.readString(proc.resolve("environ"), StandardCharsets.ISO_8859_1) + "\0")
                            .contains("\0TMPDIR=" + scratch + "\0");
        } catch (IOException | UnsupportedOperationException e) {
            return false; // It has ended, belongs to somebody else, or there is no /proc.
        }
    }

    /** Kills at once. What a descendant starts meanwhile is found in the next round. Does nothing to a process that has ended. */
    static void kill(Process process) {
        for (int round = 0; round < ROUNDS; round++) {
            List<ProcessHandle> tree = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                    .filter(ProcessHandle::isAlive)
                    .toList();
            if (tree.isEmpty()) {
                return;
            }
            tree.forEach(ProcessHandle::destroyForcibly);
        }
    }
}
