package dev.landfall.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.landfall.model.BucketSpec;
import dev.landfall.model.ClusterView;
import dev.landfall.model.WritebackMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ViewFileTest {
    @TempDir
    Path directory;

    @Test
    void theLastSavedStateComesBack() throws Exception {
        ViewFile file = new ViewFile(directory.resolve("deep/view.json"));
        assertThat(file.load()).isEqualTo(Snapshot.EMPTY);

        file.save(state(3));
        file.save(state(4));

        assertThat(file.load()).isEqualTo(state(4));
        assertThat(directory.resolve("deep")).isDirectoryContaining("glob:**/view.json");
        assertThat(Files.list(directory.resolve("deep"))).hasSize(1);
    }

    @Test
    void aDamagedFileIsNoView() throws Exception {
        Path path = directory.resolve("view.json");
        new ViewFile(path).save(state(3));
        byte[] whole = Files.readAllBytes(path);
        Files.write(path, java.util.Arrays.copyOf(whole, whole.length / 2));

        assertThat(new ViewFile(path).load()).isEqualTo(Snapshot.EMPTY);
    }

    @Test
    void aNewerFormatIsRefused() throws Exception {
        Path path = directory.resolve("view.json");
        Files.writeString(path, "{\"format\":2,\"state\":{}}");

        assertThatIllegalStateException()
                .isThrownBy(() -> new ViewFile(path).load())
                .withMessageContaining("upgrade");
    }

    private static Snapshot state(long offset) {
        return new Snapshot(
                new ClusterIdentity(1, "id", 8),
                new ClusterView(
                        offset,
                        null,
                        "n1",
                        Map.of(),
                        Map.of("bucket", BucketSpec.remote(WritebackMode.ASYNC, "s3://remote/a")),
                        Map.of(),
                        Map.of()));
    }
}
