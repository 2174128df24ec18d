package dev.landfall.targets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.model.ChangeCause;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Intents on a disk that loses what was not synced. */
final class IntentPowerCutTest extends LoopStoreTest {
    @Test
    void aDroppedIntentDoesNotComeBack() throws Exception {
        BodyWriter body = body(key("a"), "refused");
        var intent = Intent.put(key("a"), store.reserve(key("a")), body, null, Map.of(), ChangeCause.CLIENT);
        store.saveIntent(intent);
        store.dropIntent(intent);

        powerCut();

        assertThat(store.intents()).isEmpty();
        assertThat(counts().files()).isZero();
    }
}
