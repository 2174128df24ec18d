package dev.landfall.targets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.TimeSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.Test;

final class MountpathsTest extends StoreTest {
    @Test
    void theOrderInWhichMountpathsAreListedDoesNotMatter() {
        ObjectKey zero = keyOn(0);
        ObjectKey one = keyOn(1);
        put(zero, "0").committed();
        put(one, "1").committed();
        store.close();

        store = open(config().mountpaths().reversed());

        assertThat(content(zero)).isEqualTo("0");
        assertThat(content(one)).isEqualTo("1");
    }

    @Test
    void foreignAndCopiedMountpathsAndAnotherNumberOfPartitionsAreRefused() throws Exception {
        store.close();
        var disks = config().mountpaths();
        Path other = directory.resolve("other");
        LocalStore.open(new LocalStore.Config("node-2", List.of(other), PARTITIONS, TimeSource.system()))
                .close();
        Path copy = directory.resolve("copy");
        FileUtils.copyDirectory(disks.get(1).toFile(), copy.toFile());

        refused(List.of(disks.get(0), other), PARTITIONS, "belongs to store");
        refused(List.of(disks.get(0), disks.get(1), copy), PARTITIONS, "is a copy of");
        refused(disks, PARTITIONS * 2, "partitions");
        store = open();
    }

    @Test
    void aMountpathThatIsNotThereAnswersForItsPartitionsAndTheOthersGoOn() throws Exception {
        ObjectKey zero = keyOn(0);
        ObjectKey one = keyOn(1);
        put(zero, "0").committed();
        put(one, "1").committed();
        store.close();
        Path gone = config().mountpaths().get(1);
        Files.move(gone, directory.resolve("pulled"));

        store = open();

        assertThat(content(zero)).isEqualTo("0");
        put(zero, "00").committed();
        assertFenced(() -> store.lookup(one));
        assertFenced(() -> store.newBody(one, 1));
        assertFenced(() -> store.list(BUCKET, "", "", 10));
        store.close();

        FileUtils.deleteDirectory(gone.toFile());
        Files.move(directory.resolve("pulled"), gone);
        store = open();
        assertThat(content(one)).isEqualTo("1");
        assertThat(content(zero)).isEqualTo("00");
    }

    @Test
    void aDiskThatIsPulledIsNotTakenForLostData() throws Exception {
        ObjectKey zero = keyOn(0);
        ObjectKey one = keyOn(1);
        var record = put(one, "1").committed();
        Path disk1 = config().mountpaths().get(1);
        Files.move(disk1, directory.resolve("pulled"));

        assertFenced(() -> store.read(record));
        assertFenced(() -> store.lookup(one));
        put(zero, "0").committed();
        assertThat(content(zero)).isEqualTo("0");

        store.close();
        Files.move(directory.resolve("pulled"), disk1);
        store = open();
        assertThat(content(one)).isEqualTo("1");
    }

    @Test
    void formingAStoreThatWasInterruptedBeginsAnew() throws Exception {
        store.close();
        var disks = config().mountpaths();
        for (Path root : disks) {
            Identity identity = Identity.read(root).orElseThrow();
            Identity.first(identity.storeId(), identity.mountpath(), 2, PARTITIONS)
                    .write(root, Disk.REAL);
        }
        Files.delete(disks.get(1).resolve(Identity.FILE));
        FileUtils.deleteDirectory(disks.get(1).resolve("index").toFile());
        FileUtils.deleteDirectory(disks.get(1).resolve("data").toFile());

        store = open();

        put(keyOn(1), "1").committed();
        assertThat(content(keyOn(1))).isEqualTo("1");
    }

    /** A key whose partition a new store keeps on the mountpath with this number. */
    private ObjectKey keyOn(int mountpath) {
        for (int i = 0; ; i++) {
            if (partition(key("k" + i)) % 2 == mountpath) {
                return key("k" + i);
            }
        }
    }

    private ObjectStore open(List<Path> mountpaths) {
        ObjectStore opened =
                Store.open(new LocalStore.Config("node-1", mountpaths, PARTITIONS, TimeSource.system()), disk);
        opened.assign(epochs(1));
        return opened;
    }

    private void refused(List<Path> mountpaths, int partitions, String why) {
        assertThatThrownBy(() ->
                        LocalStore.open(new LocalStore.Config("node-1", mountpaths, partitions, TimeSource.system())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(why);
    }

    private static void assertFenced(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        LandfallException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MOUNTPATH_FENCED));
    }
}
