package dev.landfall.it;

import java.util.List;

/** {@code landfall dev --processes}. */
class StoreInProcessesTest extends StoreSuite {
    @Override
    List<String> mode() {
        return List.of("--processes", "--node-jvm=-Xmx256m", "--node-jvm=-XX:TieredStopAtLevel=1");
    }
}
