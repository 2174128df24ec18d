package dev.landfall.ingest.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.CharRange;

/** Names in URLs. */
class PercentProperties {
    /** Unicode without lone surrogates, which UTF-8 cannot say. */
    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.strings()
                .ofMaxLength(100)
                .filter(text -> StandardCharsets.UTF_8.newEncoder().canEncode(text));
    }

    @Property(tries = 500)
    void everyTextComesBack(@ForAll("texts") String text) {
        String encoded = Percent.encode(text);
        assertThat(encoded).matches("[A-Za-z0-9._~%-]*");
        assertThat(Percent.decode(encoded)).isEqualTo(text);
    }

    @Property(tries = 1000)
    void whatIsSentHasOneMeaningOrIsRefused(@ForAll @CharRange(from = ' ', to = '\u00ff') String raw) {
        try {
            String text = Percent.decode(raw);
            assertThat(Percent.decode(Percent.encode(text))).isEqualTo(text);
        } catch (LandfallException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
        }
    }

    @Property(tries = 500)
    void everyNameThatIsTakenIsTheSameInTheIndex(@ForAll("texts") String name) {
        try {
            ObjectKey key = ObjectKey.of("bucket", name);
            assertThat(ObjectKey.fromBytes(key.toBytes())).isEqualTo(key);
            assertThat(ObjectKey.parse(key.toString()).name()).isEqualTo(name);
        } catch (LandfallException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_OBJECT_NAME);
        }
    }
}
