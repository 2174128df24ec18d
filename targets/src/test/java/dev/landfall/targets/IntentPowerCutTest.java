package dev.landfall.targets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.model.ChangeCause;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Intents on a disk that loses what was not synced. */
@Tag("long")
final class IntentPowerCutTest extends StoreTest {
    @TempDir
    Path place;

    private LoopDisk loop;

    @Override
    @BeforeEach
    void openStore() throws Exception {
        loop = LoopDisk.mount(place.resolve("disk"), 64L << 20);
        directory = loop.path();
        store = open();
    }

    @Override
    @AfterEach
    void everythingAgrees() throws Exception {
        try {
            super.everythingAgrees();
        } finally {
            loop.close();
        }
    }

    @Test
    void aDroppedIntentDoesNotComeBack() throws Exception {
        BodyWriter body = body(key("a"), "refused");
        var intent = Intent.put(key("a"), store.reserve(key("a")), body, null, Map.of(), ChangeCause.CLIENT);
        store.saveIntent(intent);
        store.dropIntent(intent);

        loop.cutPower();
        ((Store) store).die();
        loop.restorePower();
        store = open();

        assertThat(store.intents()).isEmpty();
        assertThat(counts().files()).isZero();
    }
}
