package dev.landfall.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Places and the end of records, on a real broker. */
@ExtendWith(SharedKafka.class)
final class WorkConsumerTest {
    private static TestKafka kafka;

    private final List<Long> seen = new CopyOnWriteArrayList<>();
    private String topic;
    private TopicPartition partition;

    @BeforeAll
    static void useKafka(TestKafka shared) {
        kafka = shared;
    }

    @BeforeEach
    void prepare() {
        topic = kafka.newTopics().jobs();
        partition = new TopicPartition(topic, 0);
    }

    private void send(int records) {
        for (int i = 0; i < records; i++) {
            kafka.send(new ProducerRecord<>(topic, 0, null, new byte[1]));
        }
    }

    /** @param open the offset that is never finished */
    private WorkConsumer start(long open) {
        var clients = new Clients(kafka.properties(), "n1");
        var handler = new WorkConsumer.Handler() {
            @Override
            public void accept(ConsumerRecord<byte[], byte[]> record, WorkConsumer.Ticket ticket) {
                seen.add(record.offset());
                if (record.offset() != open) {
                    ticket.finish();
                }
            }

            @Override
            public boolean isFull() {
                return false;
            }

            @Override
            public void lost(int lost) {}
        };
        return WorkConsumer.start(
                "test",
                topic,
                Set.of(0, 1),
                clients.consumer("test", topic, false),
                handler,
                new WorkTrimmer(clients, topic, Duration.ofMillis(1)));
    }

    private Long place(int number) throws Exception {
        try (var admin = kafka.admin()) {
            var places = admin.listConsumerGroupOffsets(topic).partitionsToOffsetAndMetadata();
            var place = places.get().get(new TopicPartition(topic, number));
            return place == null ? null : place.offset();
        }
    }

    @Test
    void whatIsFinishedIsDeletedAndTheUnfinishedStays() throws Exception {
        send(10);
        try (var consumer = start(6)) {
            await().until(() -> kafka.beginning(partition) == 6);
        }
        assertThat(place(0)).isEqualTo(6);

        seen.clear();
        try (var consumer = start(-1)) {
            await().until(() -> kafka.beginning(partition) == 10);
        }
        assertThat(seen).as("what was finished out of order is remembered").containsExactly(6L);
    }

    @Test
    void aPartitionThatIsGainedHasAPlaceAtOnce() throws Exception {
        try (var consumer = start(-1)) {
            await().until(() -> Long.valueOf(0).equals(place(1)));
        }
    }

    @Test
    void aPlaceThatIsLostIsAnError() throws Exception {
        send(5);
        kafka.deleteBefore(partition, 2);
        var log = new ListAppender<ILoggingEvent>();
        log.start();
        var logger = (ch.qos.logback.classic.Logger) org.slf4j.LoggerFactory.getLogger(WorkConsumer.class);
        logger.addAppender(log);
        try (var consumer = start(-1)) {
            await().until(() -> seen.size() == 3);
        } finally {
            logger.detachAppender(log);
        }
        assertThat(log.list)
                .filteredOn(event -> event.getFormattedMessage().contains(topic))
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.getLevel()).isEqualTo(Level.ERROR);
                    assertThat(event.getFormattedMessage())
                            .contains(partition.toString())
                            .contains("2 of 5");
                });
    }
}
