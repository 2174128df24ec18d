package dev.landfall.ingest.objects;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpDatesTest {
    private static final Instant EXAMPLE = Instant.parse("1994-11-06T08:49:37Z");

    /** The examples of RFC 9110, 5.6.7. */
    @ParameterizedTest
    @ValueSource(
            strings = {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"})
    void everyFormIsRead(String text) {
        assertThat(HttpDates.read(text)).isEqualTo(EXAMPLE);
    }

    @Test
    void theFixedFormIsWritten() {
        assertThat(HttpDates.write(EXAMPLE)).isEqualTo("Sun, 06 Nov 1994 08:49:37 GMT");
        assertThat(HttpDates.read(HttpDates.write(EXAMPLE))).isEqualTo(EXAMPLE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "yesterday", "0", "Mon, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET"})
    void anythingElseIsNone(String text) {
        assertThat(HttpDates.read(text)).isNull();
        assertThat(HttpDates.read(null)).isNull();
    }
}
