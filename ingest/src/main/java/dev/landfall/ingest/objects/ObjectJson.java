package dev.landfall.ingest.objects;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landfall.model.Generation;
import dev.landfall.model.Json;
import dev.landfall.targets.DirtyStats;
import dev.landfall.writeback.ObjectInfo;
import java.time.Instant;

/** The JSON of objects in listings, and of counts. */
final class ObjectJson {
    private ObjectJson() {}

    static ObjectNode of(ObjectInfo info) {
        ObjectNode json = Json.mapper().createObjectNode();
        json.put("name", info.key().name());
        json.put("size", info.size());
        json.put("etag", info.etag());
        Generation generation = info.generation();
        if (generation != null) {
            json.put("generation", generation.toString());
        }
        json.put("state", info.state().wire());
        if (info.parked() != null) {
            json.put("parked", ObjectHeaders.headerText(info.parked()));
        }
        json.put("modified", info.modified().toString());
        return json;
    }

    static ObjectNode of(DirtyStats stats) {
        ObjectNode json = Json.mapper().createObjectNode();
        json.put("objects", stats.objects());
        json.put("bytes", stats.bytes());
        json.put("parked", stats.parked());
        Instant oldest = stats.oldest();
        if (oldest != null) {
            json.put("oldest", oldest.toString());
        }
        return json;
    }

    static DirtyStats stats(com.fasterxml.jackson.databind.JsonNode json) {
        return new DirtyStats(
                json.path("objects").asLong(),
                json.path("bytes").asLong(),
                json.path("parked").asLong(),
                json.has("oldest") ? Instant.parse(json.path("oldest").asText()) : null);
    }

    static DirtyStats sum(DirtyStats one, DirtyStats other) {
        Instant a = one.oldest();
        Instant b = other.oldest();
        return new DirtyStats(
                one.objects() + other.objects(),
                one.bytes() + other.bytes(),
                one.parked() + other.parked(),
                a == null ? b : b == null || a.isBefore(b) ? a : b);
    }
}
