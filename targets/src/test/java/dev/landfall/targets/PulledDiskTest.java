package dev.landfall.targets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.model.BucketName;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.TimeSource;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A disk that is unmounted under a running store. */
@Tag("long")
final class PulledDiskTest extends StoreTest {
    @Test
    void itsPartitionsAnswer503AndTheOthersGoOn() throws Exception {
        store.close();
        try (LoopDisk loop = LoopDisk.mount(directory.resolve("loop"), 96L << 20)) {
            Path kept = directory.resolve("kept");
            var config = new LocalStore.Config("node-1", List.of(kept, loop.path()), PARTITIONS, TimeSource.system());
            store = start(config);
            Map<Integer, ObjectRecord> records = new HashMap<>();
            for (int i = 0; i < 40; i++) {
                records.put(i, put(key("k" + i), "content " + i).committed());
            }

            loop.pull();

            int fenced = 0;
            for (int i = 0; i < 40; i++) {
                ObjectRecord record = records.get(i);
                int number = i;
                if (Identity.numberOf(record.fileId()) == 0) {
                    assertThat(content(record)).isEqualTo("content " + i);
                    put(key("k" + i), "more " + i).committed();
                } else {
                    fenced++;
                    assertFenced(() -> store.read(record));
                    assertFenced(() -> put(key("k" + number), "more").committed());
                    assertFenced(() -> store.lookup(record.key()));
                }
            }
            assertThat(fenced).isBetween(1, 39);
            assertFenced(() -> store.list(new BucketName("bucket"), "", "", 100));

            store.close();
            store = start(config);
            assertThat(store.mountpaths().list())
                    .extracting(MountpathInfo::state)
                    .contains("absent");
            assertFenced(() -> store.list(new BucketName("bucket"), "", "", 100));
            store.close();

            loop.putBack();
            store = start(config);
            records.forEach((i, record) -> assertThat(content(key("k" + i)))
                    .isEqualTo((Identity.numberOf(record.fileId()) == 0 ? "more " : "content ") + i));
            assertThat(StoreInspector.check(store)).isEmpty();
            store.close();
        }
        store = open();
    }

    private ObjectStore start(LocalStore.Config config) {
        ObjectStore opened = Store.open(config, Disk.REAL);
        opened.assign(epochs(1));
        return opened;
    }

    private static void assertFenced(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        LandfallException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MOUNTPATH_FENCED));
    }
}
