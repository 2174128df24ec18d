package dev.landfall.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.model.ChangeCause;
import dev.landfall.model.EventType;
import dev.landfall.model.Generation;
import dev.landfall.model.ObjectEvent;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.Topics;
import dev.landfall.model.WritebackMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PlannerTopologyTest {
    private static final TopologySpec SPEC = TopologyFile.parse("""
            version: 1
            transforms: {copy: {exec: [cat]}}
            pipelines:
              text: {from: {bucket: words, match: "**/*.txt"}, via: [copy], to: {bucket: out-one, name: "{name}"}}
              all: {from: {bucket: words}, via: [copy], to: {bucket: out-two, name: "{name}"}}
            """);

    private TopologyTestDriver driver;
    private TestInputTopic<byte[], byte[]> objects;
    private TestOutputTopic<byte[], byte[]> work;

    @BeforeEach
    void start(@TempDir Path state) {
        var config = new Properties();
        config.put("state.dir", state.toString());
        config.put("application.id", "landfall.t");
        config.put("bootstrap.servers", "unused:1");
        driver = new TopologyTestDriver(PlannerTopology.build(Topics.DEFAULT, "t", 7, SPEC), config);
        objects = driver.createInputTopic("landfall.objects", new ByteArraySerializer(), new ByteArraySerializer());
        work = driver.createOutputTopic("landfall.work.t", new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @AfterEach
    void stop() {
        driver.close();
    }

    @Test
    void anItemIsWrittenForEveryPipelineThatMatches() {
        var headers = new RecordHeaders();
        headers.add("traceparent", "00-aa-bb-01".getBytes(StandardCharsets.UTF_8));
        objects.pipeInput(new TestRecord<>(key("words/a b.txt"), event(EventType.PUT, "words/a b.txt"), headers));

        List<TestRecord<byte[], byte[]>> records = work.readRecordsToList();

        assertThat(records)
                .hasSize(2)
                .allSatisfy(record -> assertThat(record.key()).isEqualTo(key("words/a b.txt")));
        assertThat(records.stream().map(record -> WorkItem.parse(record.value())))
                .containsExactly(item("text", "words/a b.txt"), item("all", "words/a b.txt"));
    }

    @Test
    void deletesOtherBucketsAndRubbishArePassedOver() {
        objects.pipeInput(key("words/a.txt"), event(EventType.DELETE, "words/a.txt"));
        objects.pipeInput(key("other/a.txt"), event(EventType.PUT, "other/a.txt"));
        objects.pipeInput(key("words/a.txt"), "rubbish".getBytes(StandardCharsets.UTF_8));
        objects.pipeInput(key("words/b.md"), event(EventType.PUT, "words/b.md"));

        assertThat(work.readValuesToList().stream().map(value -> WorkItem.parse(value)))
                .containsExactly(new WorkItem(
                        "t/all/0-" + new Generation(5),
                        "t",
                        "all",
                        7,
                        "words/b.md",
                        new Generation(5),
                        3,
                        1,
                        0,
                        0,
                        7,
                        Instant.EPOCH.toString(),
                        null));
    }

    private static WorkItem item(String pipeline, String key) {
        return new WorkItem(
                "t/" + pipeline + "/0-" + new Generation(5),
                "t",
                pipeline,
                7,
                key,
                new Generation(5),
                3,
                1,
                0,
                0,
                7,
                Instant.EPOCH.toString(),
                "00-aa-bb-01");
    }

    private static byte[] key(String key) {
        return key.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] event(EventType type, String key) {
        return new ObjectEvent(
                        type,
                        ObjectKey.parse(key),
                        new Generation(5),
                        3,
                        "etag",
                        Instant.EPOCH,
                        "n1",
                        WritebackMode.LOCAL,
                        ChangeCause.CLIENT,
                        null,
                        null,
                        null)
                .toJson(0);
    }
}
