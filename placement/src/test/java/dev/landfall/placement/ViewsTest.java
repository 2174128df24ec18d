package dev.landfall.placement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.model.ClusterView;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ViewsTest {
    @TempDir
    Path directory;

    /** A state is current before the listeners hear of it: one that comes in between starts with it, and hears of it once. */
    @Test
    void aListenerStartsWithTheStateThatIsCurrentThen() throws Exception {
        Health health = new Health();
        Views views = new Views(new ViewFile(directory.resolve("view")), Snapshot.EMPTY, health);
        BlockingQueue<Long> seen = new LinkedBlockingQueue<>();
        views.onChange(view -> seen.add(view.offset()));
        views.publish(List.of(at(7)));
        views.publish(List.of(at(8)));
        Thread delivering = Thread.ofVirtual().start(views);

        try {
            assertThat(next(seen)).isEqualTo(8);
            // An offset that goes back, because Kafka has lost the end of the log, is news all the same.
            views.publish(List.of(at(9), at(3)));
            assertThat(next(seen)).isEqualTo(9);
            assertThat(next(seen)).isEqualTo(3);
        } finally {
            health.close();
            views.wakeup();
            delivering.join();
        }
        assertThat(seen).isEmpty();
    }

    private static long next(BlockingQueue<Long> seen) throws InterruptedException {
        Long offset = seen.poll(30, TimeUnit.SECONDS);
        assertThat(offset).isNotNull();
        return offset;
    }

    private static Snapshot at(long offset) {
        return new Snapshot(null, new ClusterView(offset, null, null, Map.of(), Map.of(), Map.of(), Map.of()));
    }
}
