package dev.landfall.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One event about one generation of a key. On Kafka its value is an S3 event notification with one record (see "Event message structure"
 * in the Amazon S3 user guide) and one object of our own, {@code landfall}; its headers are CloudEvents 1.0 in binary mode.
 *
 * @param target the node that committed the change
 * @param traceparent W3C trace context of the request, if it had one
 * @param detail for an outcome: the remote's ETag, or why it was parked
 */
public record ObjectEvent(
        EventType type,
        ObjectKey key,
        Generation generation,
        long size,
        String etag,
        Instant time,
        String target,
        WritebackMode mode,
        ChangeCause cause,
        @Nullable Origin origin,
        @Nullable String traceparent,
        @Nullable String detail) {

    /** The same for every delivery of this event; different for any two events of a cluster. */
    public String eventId(int partition) {
        return type.name().toLowerCase(java.util.Locale.ROOT) + "-" + partition + "-" + generation;
    }

    /** The value of the Kafka record. */
    public byte[] toJson(int partition) {
        ObjectNode root = Json.mapper().createObjectNode();
        ObjectNode event = root.putArray("Records").addObject();
        event.put("eventVersion", "2.1");
        event.put("eventSource", "landfall:s3");
        event.put("awsRegion", "");
        event.put("eventTime", time.toString());
        event.put("eventName", type.wire());
        event.putObject("userIdentity").put("principalId", "landfall");
        event.putObject("requestParameters");
        event.putObject("responseElements");
        ObjectNode s3 = event.putObject("s3");
        s3.put("s3SchemaVersion", "1.0");
        s3.put("configurationId", "landfall");
        ObjectNode bucket = s3.putObject("bucket");
        bucket.put("name", key.bucket().value());
        bucket.putObject("ownerIdentity").put("principalId", "landfall");
        bucket.put("arn", "arn:aws:s3:::" + key.bucket());
        ObjectNode object = s3.putObject("object");
        object.put("key", urlEncode(key.name()));
        if (type != EventType.DELETE) {
            object.put("size", size);
            object.put("eTag", etag);
        }
        object.put("sequencer", generation.toString());
        ObjectNode own = root.putObject("landfall");
        own.put("eventId", eventId(partition));
        own.put("generation", generation.toString());
        own.put("partition", partition);
        own.put("target", target);
        own.put("mode", mode.wire());
        own.put("cause", cause.wire());
        if (origin != null) {
            own.set("source", Json.mapper().valueToTree(origin));
        }
        if (detail != null) {
            own.put("detail", detail);
        }
        return Json.write(root);
    }

    /** Kafka headers: CloudEvents 1.0 (Kafka protocol binding, binary mode) and the trace context. */
    public Map<String, String> headers(int partition) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("ce_specversion", "1.0");
        headers.put("ce_id", eventId(partition));
        headers.put("ce_source", "/landfall/" + target);
        headers.put(
                "ce_type",
                type.isChange()
                        ? "com.amazonaws.s3." + type.wire()
                        : "dev.landfall." + type.name().toLowerCase(java.util.Locale.ROOT));
        headers.put("ce_subject", key.toString());
        headers.put("ce_time", time.toString());
        headers.put("content-type", "application/json");
        if (traceparent != null) {
            headers.put("traceparent", traceparent);
        }
        return headers;
    }

    /** Reads {@link #toJson}. The trace context travels in the headers and is not part of it. */
    public static ObjectEvent parse(byte[] json) {
        JsonNode root = Json.tree(json);
        JsonNode event = root.path("Records").path(0);
        JsonNode object = event.path("s3").path("object");
        JsonNode own = root.path("landfall");
        String name = URLDecoder.decode(object.path("key").asText(), StandardCharsets.UTF_8);
        return new ObjectEvent(
                EventType.parse(event.path("eventName").asText()),
                ObjectKey.of(event.path("s3").path("bucket").path("name").asText(), name),
                Generation.parse(object.path("sequencer").asText()),
                object.path("size").asLong(),
                object.path("eTag").asText(),
                Instant.parse(event.path("eventTime").asText()),
                own.path("target").asText(),
                WritebackMode.parse(own.path("mode").asText()),
                ChangeCause.valueOf(own.path("cause").asText().toUpperCase(java.util.Locale.ROOT)),
                own.has("source") ? Json.read(Json.write(own.path("source")), Origin.class) : null,
                null,
                own.has("detail") ? own.path("detail").asText() : null);
    }

    /** As S3 encodes keys in notifications: form encoding, slashes kept. */
    static String urlEncode(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8)
                .replace("%2F", "/")
                .replace("*", "%2A");
    }
}
