package dev.landfall.targets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A store on a real disk of 64 MB that becomes full. */
final class FullDiskTest extends LoopStoreTest {
    @Test
    void whenObjectsFillItTheNextSmallPutAfterADeleteSucceeds() {
        int stored = 0;
        while (store("o" + stored, 1 << 20)) {
            stored++;
        }
        assertThat(stored).isBetween(30, 64);
        assertThat(counts().files()).isEqualTo(stored);
        assertThat(counts().openBodies()).isZero();
        assertThat(store.outboxDepth()).isEqualTo(stored);

        commit(delete(key("o0")));
        commit(delete(key("o1")));
        counts();

        assertThat(store("small", 1000)).isTrue();
    }

    @Test
    void whenSomebodyElseFillsItNothingBreaks() throws Exception {
        assertThat(store("before", 1000)).isTrue();
        BodyWriter late = body(key("late"), "late");
        Path foreign = directory.resolve("foreign");
        fill(foreign);

        assertThat(store("small", 1)).isFalse();
        assertThat(refused(() -> new PutBuilder(key("late"), late).commit())).isTrue();
        assertThat(store.lookup(key("before"))).isPresent();
        Files.delete(foreign);

        assertThat(store("small", 1)).isTrue();
        assertThat(counts().files()).isEqualTo(2);
    }

    private boolean store(String name, int size) {
        ObjectKey key = key(name);
        return !refused(() -> {
            try (BodyWriter body = store.newBody(key, -1)) {
                for (int left = size; left > 0; left -= 65536) {
                    body.write(ByteBuffer.allocate(Math.min(left, 65536)));
                }
                new PutBuilder(key, body).committed();
            }
        });
    }

    private static boolean refused(Runnable change) {
        try {
            change.run();
            return false;
        } catch (LandfallException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.INSUFFICIENT_STORAGE);
            return true;
        }
    }

    private static void fill(Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int i = 0; i < 100_000; i++) {
                out.write(new byte[4096]);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left");
        }
    }
}
