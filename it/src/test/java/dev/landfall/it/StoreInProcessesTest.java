package dev.landfall.it;

import java.util.List;
import java.util.stream.Stream;

/** {@code landfall dev --processes}. */
class StoreInProcessesTest extends StoreSuite {
    @Override
    List<String> mode() {
        return Stream.concat(
                        Stream.of("--processes", "--node-jvm=-Xmx256m", "--node-jvm=-XX:TieredStopAtLevel=1"),
                        AotCache.options().stream().map("--node-jvm="::concat))
                .toList();
    }
}
