package dev.landfall.targets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The kernel turns a file system read-only under a store. */
final class ReadOnlyDiskTest extends LoopStoreTest {
    @Test
    void aPutIsRefusedFencesTheMountpathAndLeavesNothing() throws Exception {
        put(key("before"), "stays").committed();
        BodyWriter late = body(key("late"), "late");
        loop.sync();

        loop.turnReadOnly();

        fenced(() -> new PutBuilder(key("late"), late).commit());
        fenced(() -> put(key("late"), "x"));
        powerCut();
        assertThat(content(key("before"))).isEqualTo("stays");
        assertThat(store.lookup(key("late"))).isEmpty();
        assertThat(counts().files()).isEqualTo(1);
        assertThat(store.outboxDepth()).isEqualTo(1);
    }

    @Test
    void aDeleteIsRefusedAndNotForgotten() throws Exception {
        put(key("before"), "stays").committed();
        loop.sync();

        loop.turnReadOnly();

        fenced(() -> commit(delete(key("before"))));
        powerCut();
        assertThat(content(key("before"))).isEqualTo("stays");
        assertThat(store.outboxDepth()).isEqualTo(1);
    }

    private static void fenced(ThrowingCallable change) {
        assertThatThrownBy(change)
                .isInstanceOfSatisfying(
                        LandfallException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MOUNTPATH_FENCED))
                .hasMessageContaining("is fenced");
    }
}
