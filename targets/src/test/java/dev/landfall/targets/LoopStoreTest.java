package dev.landfall.targets;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** A store on a small file system of its own. Needs root. */
@Tag("long")
abstract class LoopStoreTest extends StoreTest {
    @TempDir
    Path place;

    LoopDisk loop;

    @Override
    @BeforeEach
    void openStore() throws Exception {
        loop = LoopDisk.mount(place.resolve("disk"), 64L << 20, format());
        directory = loop.path();
        store = open();
    }

    @Override
    @AfterEach
    void everythingAgrees() throws Exception {
        try {
            if (store != null) {
                super.everythingAgrees();
            }
        } finally {
            if (loop != null) {
                loop.close();
            }
        }
    }

    /** More arguments of {@code mkfs.ext4}. */
    String[] format() {
        return new String[0];
    }

    /** The power is cut; then it is back, and the store is open again. */
    void powerCut() throws Exception {
        loop.cutPower();
        ((Store) store).die();
        loop.restorePower();
        store = open();
    }
}
