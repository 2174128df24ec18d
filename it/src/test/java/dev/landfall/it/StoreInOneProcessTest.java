package dev.landfall.it;

import java.util.List;

/** {@code landfall dev}. */
class StoreInOneProcessTest extends StoreSuite {
    @Override
    List<String> mode() {
        return List.of();
    }
}
