package dev.landfall.topology;

import dev.landfall.model.EventType;
import dev.landfall.model.ObjectEvent;
import dev.landfall.model.Topics;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the planner of a topology does with each event: for every pipeline that accepts a created object it writes an item, with the same
 * key and to the same partition number. It keeps no state, opens no object and never waits. Deletes are passed over: outputs stay when
 * their source goes.
 */
final class PlannerTopology {
    private static final Logger LOG = LoggerFactory.getLogger(PlannerTopology.class);
    private static final String SOURCE = "objects";
    private static final String MATCH = "match";
    private static final String SINK = "work";

    private PlannerTopology() {}

    private record Planned(int partition, WorkItem item) {}

    /** All versions of a topology have the same shape, so nodes that run different ones can share the group. */
    static Topology build(Topics topics, String name, int version, TopologySpec spec) {
        StreamPartitioner<byte[], Planned> sameNumber =
                (topic, key, planned, partitions) -> Optional.of(Set.of(planned.partition()));
        return new Topology()
                .addSource(
                        AutoOffsetReset.none(),
                        SOURCE,
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer(),
                        topics.objects())
                .addProcessor(MATCH, () -> new Match(name, version, spec), SOURCE)
                .addSink(
                        SINK,
                        topics.work(name),
                        new ByteArraySerializer(),
                        (topic, planned) -> planned.item().toJson(),
                        sameNumber,
                        MATCH);
    }

    private static final class Match extends ContextualProcessor<byte[], byte[], byte[], Planned> {
        private final String topology;
        private final int version;
        private final TopologySpec spec;

        Match(String topology, int version, TopologySpec spec) {
            this.topology = topology;
            this.version = version;
            this.spec = spec;
        }

        @Override
        public void process(Record<byte[], byte[]> record) {
            int partition = context().recordMetadata().orElseThrow().partition();
            ObjectEvent event;
            try {
                event = ObjectEvent.parse(record.value());
            } catch (RuntimeException e) {
                LOG.error(
                        "Passed over a record that is not an event, at offset {} of partition {}; only nodes may write to this topic",
                        context().recordMetadata().orElseThrow().offset(),
                        partition,
                        e);
                return;
            }
            if (event.type() != EventType.PUT) {
                return;
            }
            Header trace = record.headers().lastHeader("traceparent");
            String traceparent = trace == null ? null : new String(trace.value(), StandardCharsets.UTF_8);
            for (PipelineSpec pipeline : spec.pipelines().values()) {
                if (pipeline.accepts(event.key())) {
                    var item = WorkItem.of(topology, version, pipeline.name(), partition, event, traceparent);
                    context()
                            .forward(record.withValue(new Planned(partition, item))
                                    .withHeaders(new RecordHeaders()));
                }
            }
        }
    }
}
