package dev.landfall.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventsCommandTest {
    @ParameterizedTest
    @ValueSource(strings = {"{\"error\":\"exit code 3\"}", "{\"Records\":[{\"eventName\":\"Other\"}]}", "not JSON", ""})
    void aRecordThatIsNoEventIsShownAsItIs(String value) {
        var message = new ConsumerRecord<>("t", 0, 7, "photos/cat.jpg", value.getBytes(StandardCharsets.UTF_8));
        assertThat(EventsCommand.line(message)).endsWith(" photos/cat.jpg " + value);
    }

    @Test
    void aRecordCannotSteerTheTerminal() {
        var message = new ConsumerRecord<>("t", 0, 7, "k", "a\n\u001b[2Jb".getBytes(StandardCharsets.UTF_8));
        assertThat(EventsCommand.line(message)).endsWith(" k a [2Jb");
    }

    @Test
    void aRecordWithoutAValueIsShown() {
        assertThat(EventsCommand.line(new ConsumerRecord<String, byte[]>("t", 0, 7, "k", null)))
                .endsWith(" k ");
    }
}
