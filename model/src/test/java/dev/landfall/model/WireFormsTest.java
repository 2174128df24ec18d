package dev.landfall.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WireFormsTest {
    private static final ObjectKey KEY = ObjectKey.of("bucket", "dir/naïve name+☃%*~");
    private static final Generation GENERATION = Generation.of(3, 77);
    private static final Origin ORIGIN = new Origin("topo/pipe", "src/a", Generation.of(1, 5), 2);
    private static final Instant TIME = Instant.ofEpochMilli(1_790_000_000_123L);

    @Test
    void generationsOrderByEpochThenCounterInNumbersAndInText() {
        var older = Generation.of(1, Generation.MAX_COUNTER);
        var newer = Generation.of(0xff0000, 0);
        assertThat(newer.isAfter(older)).isTrue();
        assertThat(newer.toString()).hasSize(16).isGreaterThan(older.toString());
        assertThat(Generation.parse(newer.toString())).isEqualTo(newer);
        assertThat(newer.epoch()).isEqualTo(0xff0000);
        assertThat(older.counter()).isEqualTo(Generation.MAX_COUNTER);
    }

    @Test
    void recordsSurviveTheirDurableForm() {
        var full = new ObjectRecord(
                KEY,
                GENERATION,
                false,
                1L << 40,
                -5,
                ObjectRecord.etagOf(GENERATION, -5),
                "text/plain",
                Map.of("a", "1", "b", "ü"),
                Map.of("cache-control", "no-store"),
                TIME,
                WritebackMode.ASYNC,
                ChangeCause.PIPELINE,
                java.util.List.of(new DataFile(12, 5, 7), new DataFile(13, (1L << 40) - 5, 8)),
                new ObjectRecord.DirtyMark(76, TIME, "403"),
                "remote-etag",
                ORIGIN);
        assertThat(RecordCodec.decode(KEY, RecordCodec.encode(full))).isEqualTo(full);

        var tombstone = new ObjectRecord(
                KEY,
                GENERATION,
                true,
                0,
                0,
                "",
                null,
                Map.of(),
                Map.of(),
                TIME,
                WritebackMode.LOCAL,
                ChangeCause.CLIENT,
                java.util.List.of(),
                null,
                null,
                null);
        assertThat(RecordCodec.decode(KEY, RecordCodec.encode(tombstone))).isEqualTo(tombstone);
    }

    @Test
    void recordsOfTheFirstVersionAreStillRead() throws Exception {
        var bytes = new java.io.ByteArrayOutputStream();
        try (var out = new java.io.DataOutputStream(bytes)) {
            out.writeByte(1);
            out.writeLong(GENERATION.value());
            out.writeBoolean(false);
            out.writeLong(5);
            out.writeInt(-9);
            out.writeUTF("etag");
            out.writeBoolean(false);
            out.writeShort(1);
            out.writeUTF("colour");
            out.writeUTF("blue");
            out.writeLong(TIME.toEpochMilli());
            out.writeByte(WritebackMode.ASYNC.ordinal());
            out.writeByte(ChangeCause.CLIENT.ordinal());
            out.writeLong(77);
            out.writeBoolean(false);
            out.writeBoolean(true);
            out.writeUTF("remote");
            out.writeBoolean(false);
        }
        var record = RecordCodec.decode(KEY, bytes.toByteArray());
        assertThat(record.files()).containsExactly(new DataFile(77, 5, -9));
        assertThat(record.metadata()).containsExactly(Map.entry("colour", "blue"));
        assertThat(record.headers()).isEmpty();
        assertThat(record.remoteEtag()).isEqualTo("remote");
        assertThat(RecordCodec.decode(KEY, RecordCodec.encode(record))).isEqualTo(record);
    }

    @Test
    void keptHeadersAndMetadataAreBounded() {
        KeptHeaders.check(Map.of("cache-control", "x".repeat(1024)));
        assertThat(KeptHeaders.wire("content-disposition")).isEqualTo("Content-Disposition");
        tooMuch(() -> KeptHeaders.check(Map.of("cache-control", "x".repeat(1025))), ErrorCode.INVALID_ARGUMENT);
        tooMuch(() -> KeptHeaders.check(Map.of("expires", "ü")), ErrorCode.INVALID_ARGUMENT);
        tooMuch(() -> KeptHeaders.check(Map.of("x-other", "1")), ErrorCode.INVALID_ARGUMENT);
        KeptHeaders.checkMetadata(Map.of("ab", "x".repeat(2046)));
        tooMuch(() -> KeptHeaders.checkMetadata(Map.of("ab", "x".repeat(2047))), ErrorCode.METADATA_TOO_LARGE);
        tooMuch(() -> KeptHeaders.checkMetadata(Map.of("ab", "ü".repeat(1024))), ErrorCode.METADATA_TOO_LARGE);
    }

    private static void tooMuch(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, ErrorCode code) {
        assertThatExceptionOfType(LandfallException.class).isThrownBy(call).returns(code, LandfallException::code);
    }

    @Test
    void recordsOfAnotherVersionAreRefused() {
        byte[] unknown = {9, 0, 0};
        assertThatIllegalStateException()
                .isThrownBy(() -> RecordCodec.decode(KEY, unknown))
                .withMessageContaining("version 9");
        assertThatIllegalStateException().isThrownBy(() -> RecordCodec.decode(KEY, new byte[] {1, 0}));
    }

    @ParameterizedTest
    @EnumSource(EventType.class)
    void eventsSurviveTheOutboxAndTheTopic(EventType type) {
        var event = new ObjectEvent(
                type,
                KEY,
                GENERATION,
                type == EventType.DELETE ? 0 : 9,
                type == EventType.DELETE ? "" : "e",
                TIME,
                "n1",
                WritebackMode.SYNC,
                ChangeCause.PROMOTE,
                ORIGIN,
                null,
                "why");
        assertThat(EventCodec.decode(EventCodec.encode(event))).isEqualTo(event);
        assertThat(ObjectEvent.parse(event.toJson(4))).isEqualTo(event);
    }

    @Test
    void eventsAreS3NotificationsWithCloudEventsHeaders() {
        var event = new ObjectEvent(
                EventType.PUT,
                KEY,
                GENERATION,
                9,
                "e",
                TIME,
                "n1",
                WritebackMode.ASYNC,
                ChangeCause.CLIENT,
                null,
                "00-trace",
                null);
        var object =
                Json.tree(event.toJson(4)).path("Records").path(0).path("s3").path("object");
        assertThat(object.path("key").asText()).isEqualTo("dir/na%C3%AFve+name%2B%E2%98%83%25%2A%7E");
        assertThat(object.path("sequencer").asText()).isEqualTo(GENERATION.toString());
        assertThat(event.headers(4))
                .containsEntry("ce_specversion", "1.0")
                .containsEntry("ce_id", event.eventId(4))
                .containsEntry("ce_subject", KEY.toString())
                .containsEntry("traceparent", "00-trace");
    }

    @Test
    void usersSpecsAreReadStrictly() {
        var spec = Json.strict(
                bytes("{\"writeback\":{\"mode\":\"async\",\"remote\":\"s3://bucket/p\"}}"), BucketSpec.class);
        assertThat(spec).isEqualTo(BucketSpec.remote(WritebackMode.ASYNC, "s3://bucket/p"));
        assertThat(Json.read(Json.write(spec), BucketSpec.class)).isEqualTo(spec);
        refused("{\"writeback\":{\"mode\":\"async\"}}", ErrorCode.INVALID_ARGUMENT);
        refused("{\"writeback\":{\"mode\":\"tee\",\"remote\":\"s3://bucket/p\"}}", ErrorCode.MALFORMED_JSON);
        refused("{\"copies\":2}", ErrorCode.INVALID_ARGUMENT);
        refused("{\"writebak\":{}}", ErrorCode.MALFORMED_JSON);
        refused("{", ErrorCode.MALFORMED_JSON);
        refused("null", ErrorCode.MALFORMED_JSON);
    }

    @Test
    void commandsSurviveTheWire() {
        ClusterCommand command = new ClusterCommand.CreateBucket(new BucketName("abc"), BucketSpec.local());
        assertThat(Json.read(Json.write(command), ClusterCommand.class)).isEqualTo(command);
    }

    @Test
    void everyErrorCodeHasOneSpelling() {
        assertThat(ErrorCode.NO_SUCH_BUCKET.wire()).isEqualTo("NoSuchBucket");
        for (ErrorCode code : ErrorCode.values()) {
            assertThat(ErrorCode.fromWire(code.wire())).contains(code);
            assertThat(code.sentence() + code.whatToDo()).doesNotContain("\n");
        }
    }

    private static void refused(String json, ErrorCode code) {
        assertThatExceptionOfType(LandfallException.class)
                .isThrownBy(() -> Json.strict(bytes(json), BucketSpec.class))
                .returns(code, LandfallException::code);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void nodesRememberTheirFormerStoresAndThoseOfOlderRecordsHaveNone() {
        var moved = new NodeInfo("n1", "http://a", "http://b", "s3", java.util.List.of("s1", "s2"));
        assertThat(Json.read(Json.write(moved), NodeInfo.class)).isEqualTo(moved);

        String old = "{\"id\":\"n1\",\"http\":\"http://a\",\"peer\":\"http://b\",\"storeId\":\"s1\"}";
        var first = new NodeInfo("n1", "http://a", "http://b", "s1");
        assertThat(Json.read(bytes(old), NodeInfo.class)).isEqualTo(first);
        assertThat(new String(Json.write(first), StandardCharsets.UTF_8)).isEqualTo(old);
        var command = new ClusterCommand.RegisterNode(moved);
        assertThat(Json.strict(Json.write(command), ClusterCommand.class)).isEqualTo(command);
    }

    @Test
    void viewsSurviveTheirJsonForm() {
        var job = new JobSpec("j1", "promote", Json.mapper().createObjectNode().put("bucket", "b"), TIME, false);
        var view = new ClusterView(
                7,
                new ClusterMap(2, java.util.List.of(new ClusterMap.Ownership("n1", 3))),
                "n1",
                Map.of("n1", new NodeInfo("n1", "http://a", "http://b", "store")),
                Map.of(
                        "bucket",
                        BucketSpec.remote(WritebackMode.ASYNC, "s3://remote/prefix"),
                        "local",
                        BucketSpec.local()),
                Map.of("t", new TopologyRecord("t", 1, "name: t")),
                Map.of("j1", job));
        assertThat(Json.read(Json.write(view), ClusterView.class)).isEqualTo(view);
        var command = new ClusterCommand.CreateJob(job);
        assertThat(Json.read(Json.write(command), ClusterCommand.class)).isEqualTo(command);
    }
}
