package dev.landfall.etl;

import java.util.List;
import java.util.stream.Stream;

/** A process and all that it started. */
final class ProcessTree {
    private static final int ROUNDS = 5;

    private ProcessTree() {}

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
