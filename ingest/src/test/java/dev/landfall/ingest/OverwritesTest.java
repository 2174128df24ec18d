package dev.landfall.ingest;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Readers of both doors while objects are overwritten and deleted. */
class OverwritesTest {
    @RegisterExtension
    final GuardedNodes nodes = new GuardedNodes();

    @Test
    void readersSeeWholeVersionsAndNeverGoBack() throws Exception {
        new Overwrites(nodes, 100, 4 << 10, 700 << 10).run(2_000);
    }

    @Test
    @Tag("long")
    void readersOfLargeObjectsSeeWholeVersionsAndNeverGoBack() throws Exception {
        new Overwrites(nodes, 100, 4 << 10, 5 << 20).run(10_000);
    }
}
