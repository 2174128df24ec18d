package dev.landfall.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.landfall.model.ErrorCode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A mountpath of 64 MB, a real file system in a loop device. Needs root. */
@Tag("long")
class DiskFullTest {
    private static final int MIB = 1 << 20;

    @TempDir
    private Path dir;

    @Test
    void aFullDiskIsSaidAndLeavesNothingAndFreedSpaceIsUsedAgain() throws Exception {
        Path small = mount();
        try (TestCluster cluster =
                TestCluster.start(dir, TestCluster.Options.USUAL.withNodes(1).with("mountpaths: [" + small + "]"))) {
            Api api = cluster.api(0).bucket("full", "{}");
            List<String> stored = new ArrayList<>();
            Api.Reply last = api.put("full", "0", Bytes.random(0, 4 * MIB));
            for (int i = 1; last.status() == 200 && i < 64; i++) {
                stored.add(Integer.toString(i - 1));
                last = api.put("full", Integer.toString(i), Bytes.random(i, 4 * MIB));
            }
            BadInputTest.refused(last, ErrorCode.INSUFFICIENT_STORAGE);
            assertThat(stored).isNotEmpty();
            long files = files(small);
            for (int i = 0; i < 20; i++) {
                BadInputTest.refused(
                        api.put("full", "more-" + i, Bytes.random(i, 8 * MIB)), ErrorCode.INSUFFICIENT_STORAGE);
            }
            assertThat(files(small)).as("data files after refusals").isEqualTo(files);
            assertThat(api.list("full", "")).containsExactlyInAnyOrderElementsOf(stored);
            for (String name : stored) {
                assertThat(api.get("full", name).expect(200).body())
                        .isEqualTo(Bytes.random(Integer.parseInt(name), 4 * MIB));
            }

            api.delete("full", stored.getFirst()).expect(204);
            api.delete("full", stored.getLast()).expect(204);

            await("freed space is used again")
                    .atMost(Duration.ofSeconds(20))
                    .until(() ->
                            api.put("full", "small", Bytes.random(1, 100_000)).status() == 200);
            assertThat(api.get("full", "small").expect(200).body()).isEqualTo(Bytes.random(1, 100_000));
        } finally {
            run("umount", small.toString());
        }
    }

    private Path mount() throws IOException, InterruptedException {
        Path image = dir.resolve("disk.img");
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(64L * MIB);
        }
        Path point = Files.createDirectories(dir.resolve("disk"));
        run("mkfs.ext4", "-q", image.toString());
        run("mount", "-o", "loop", image.toString(), point.toString());
        return point;
    }

    private static long files(Path mountpath) throws IOException {
        try (var all = Files.walk(mountpath.resolve("data"))) {
            return all.filter(Files::isRegularFile).count();
        }
    }

    private void run(String... command) throws IOException, InterruptedException {
        try (ChildProcess process =
                ChildProcess.start(command[0], dir.resolve("commands.log"), List.of(command), Map.of())) {
            assertThat(process.awaitExit(Duration.ofSeconds(30)))
                    .as(String.join(" ", command) + " (as root): " + process.output())
                    .isZero();
        }
    }
}
