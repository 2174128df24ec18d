package dev.landfall.targets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A disk with room for bytes and none for files. */
final class FewInodesTest extends LoopStoreTest {
    @Override
    String[] format() {
        return new String[] {"-N", "1024"};
    }

    @Test
    void itIsFullWhileTheStoreCanStillMakeRoomAndStartAgain() {
        int stored = fill();
        assertThat(stored).isBetween(500, 1000);
        assertThat(counts().files()).isEqualTo(stored);
        assertThat(counts().openBodies()).isZero();

        reopen();
        crashAndCount(stored);

        for (int i = 0; i < 100; i++) {
            commit(delete(key("o" + i)));
        }
        counts();
        put(key("again"), "x").committed();
        assertThat(counts().files()).isEqualTo(stored - 99);
    }

    @Test
    void whenSomebodyElseTakesTheLastInodesPutsAreRefusedAndDeletesGoOn() throws Exception {
        put(key("before"), "x").committed();
        Path foreign = Files.createDirectory(directory.resolve("foreign"));
        int files = 0;
        try {
            while (true) {
                Files.createFile(foreign.resolve("f" + files));
                files++;
            }
        } catch (java.io.IOException e) {
            assertThat(e).hasMessageContaining("No space left");
        }
        refused();
        commit(delete(key("before")));
        assertThat(counts().files()).isZero();
        for (int i = 0; i < files; i++) {
            Files.delete(foreign.resolve("f" + i));
        }

        put(key("after"), "x").committed();
        assertThat(counts().files()).isEqualTo(1);
    }

    private int fill() {
        for (int i = 0; ; i++) {
            try {
                put(key("o" + i), "x").committed();
            } catch (LandfallException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.INSUFFICIENT_STORAGE);
                return i;
            }
        }
    }

    private void refused() {
        assertThatThrownBy(() -> put(key("refused"), "x").commit())
                .isInstanceOfSatisfying(LandfallException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.INSUFFICIENT_STORAGE);
                    assertThat(e).hasMessage(ErrorCode.INSUFFICIENT_STORAGE.sentence());
                });
    }

    private void crashAndCount(int stored) {
        ((Store) store).die();
        store = open();
        assertThat(counts().files()).isEqualTo(stored);
        refused();
    }
}
