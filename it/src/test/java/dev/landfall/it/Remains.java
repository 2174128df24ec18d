package dev.landfall.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What a node holds: data files, dirty marks, outbox entries, descriptors and connections. Counted from outside where it can be. */
final class Remains {
    private Remains() {}

    /** Over all nodes, by kind. */
    static Map<String, Long> of(TestCluster cluster) {
        Map<String, Long> counts = new TreeMap<>();
        for (int node = 0; node < cluster.size(); node++) {
            Api api = cluster.api(node);
            add(counts, "data files", files(cluster.data(node).resolve("objects/data")));
            add(counts, "dirty objects", (long) api.metric("landfall_dirty_objects", ""));
            add(counts, "dirty bytes", (long) api.metric("landfall_dirty_bytes", ""));
            add(counts, "parked objects", (long) api.metric("landfall_parked_objects", ""));
            add(counts, "outbox entries", (long) api.metric("landfall_outbox_depth", ""));
            add(counts, "open data files", descriptors(cluster.pid(node), "/objects/data/"));
        }
        return counts;
    }

    /** Sockets that a node has open. */
    static long sockets(TestCluster cluster, int node) {
        return descriptors(cluster.pid(node), "socket:");
    }

    private static void add(Map<String, Long> counts, String kind, long count) {
        counts.merge(kind, count, Long::sum);
    }

    private static long files(Path directory) {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(Files::isRegularFile).count();
        } catch (IOException | UncheckedIOException e) {
            // A file that went while it was counted: look again.
            return files(directory);
        }
    }

    private static long descriptors(long pid, String contains) {
        try (Stream<Path> all = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return all.filter(descriptor -> target(descriptor).contains(contains))
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return "";
        }
    }
}
