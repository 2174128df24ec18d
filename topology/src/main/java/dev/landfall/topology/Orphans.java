package dev.landfall.topology;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the commands that a killed node left running. Only where /proc tells of processes; elsewhere they run to their end. */
final class Orphans {
    private static final Logger LOG = LoggerFactory.getLogger(Orphans.class);

    private Orphans() {}

    /** Kills the processes that work in a directory below this one on behalf of an item. Nobody else may work there. */
    static void kill(Path root) {
        Path real;
        try {
            real = root.toRealPath();
        } catch (IOException e) {
            return;
        }
        ProcessHandle.allProcesses()
                .filter(process -> process.pid() != ProcessHandle.current().pid())
                .filter(process -> worksBelow(process.pid(), real))
                .forEach(process -> {
                    LOG.warn("Killed process {}, which the last run of this node had left behind", process.pid());
                    process.destroyForcibly();
                });
    }

    private static boolean worksBelow(long pid, Path root) {
        Path proc = Path.of("/proc", Long.toString(pid));
        try {
            return Files.readSymbolicLink(proc.resolve("cwd")).startsWith(root)
                    && Files.readString(proc.resolve("environ"), StandardCharsets.ISO_8859_1)
                            .contains("LANDFALL_GENERATION=");
        } catch (IOException | UnsupportedOperationException e) {
            return false; // It has ended, belongs to somebody else, or there is no /proc.
        }
    }
}
