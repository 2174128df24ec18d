package dev.landfall.ingest.objects;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.landfall.ingest.http.HttpCall;
import dev.landfall.ingest.http.RouteTable;
import dev.landfall.ingest.peer.PeerClient;
import dev.landfall.model.BucketName;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.Json;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.RecordCodec;
import dev.landfall.targets.Condition;
import dev.landfall.targets.Upload;
import dev.landfall.targets.UploadedPart;
import dev.landfall.writeback.CompletedPart;
import dev.landfall.writeback.PartSession;
import dev.landfall.writeback.PutOutcome;
import dev.landfall.writeback.PutRequest;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Multipart uploads of this node's keys, and what it answers to other nodes about them. */
final class LocalParts {
    private static final int MAX_PARTS_BYTES = 4 << 20;

    private LocalParts() {}

    static String create(Objects objects, ObjectKey key, PutRequest request) {
        return objects.local().uploads().create(key, request).id();
    }

    /**
     * @param checksums names of those to be kept with the part
     * @param peer whether a body of unknown length says at its end that it is whole
     */
    static String part(
            Objects objects,
            HttpCall call,
            ObjectKey key,
            String upload,
            int number,
            @Nullable String etag,
            List<String> checksums,
            boolean peer) {
        Map<String, Digest> kept = new LinkedHashMap<>();
        checksums.forEach(name -> kept.put(name, Digests.digest(Digests.CHECKSUM + name)));
        long length = call.body().length();
        try (PartSession session = objects.local().uploads().uploadPart(key, upload, number, length)) {
            var crc = new CRC32C();
            ByteBuffer buffer = call.buffers().take();
            try {
                while (call.body().read(buffer) >= 0) {
                    buffer.flip();
                    crc.update(buffer.duplicate());
                    kept.values().forEach(digest -> digest.update(buffer.duplicate()));
                    session.write(buffer);
                    buffer.clear();
                }
            } finally {
                call.buffers().put(buffer);
            }
            if (peer && length < 0 && call.body().trailer(PeerClient.COMPLETE) == null) {
                throw new LandfallException(
                        ErrorCode.INCOMPLETE_BODY, "The other node broke off before the whole body had arrived");
            }
            String own = HexFormat.of().toHexDigits((int) crc.getValue())
                    + HexFormat.of().toHexDigits(session.length()) + "-1";
            Map<String, String> values = new LinkedHashMap<>();
            kept.forEach((name, digest) -> values.put(name, Base64.getEncoder().encodeToString(digest.value())));
            return session.commit(etag == null ? own : etag, values).etag();
        }
    }

    static PutOutcome complete(
            Objects objects, ObjectKey key, String upload, List<CompletedPart> parts, Condition condition) {
        objects.refuseWhenOutboxIsFull();
        return objects.local().uploads().complete(key, upload, parts, condition, null);
    }

    static ArrayNode parts(Objects objects, ObjectKey key, String upload, int after, int limit) {
        ArrayNode json = Json.mapper().createArrayNode();
        for (UploadedPart part : objects.local().uploads().parts(key, upload, after, limit)) {
            var checksums = json.addObject()
                    .put("number", part.number())
                    .put("etag", part.etag())
                    .put("size", part.length())
                    .put("modified", part.modified().toString())
                    .putObject("checksums");
            part.checksums().forEach(checksums::put);
        }
        return json;
    }

    static ArrayNode uploads(
            Objects objects, BucketName bucket, String prefix, String afterName, @Nullable String afterId, int limit) {
        ArrayNode json = Json.mapper().createArrayNode();
        for (Upload upload : objects.local().uploads().list(bucket, prefix, afterName, afterId, limit)) {
            json.addObject()
                    .put("name", upload.key().name())
                    .put("id", upload.id())
                    .put("initiated", upload.initiated().toString());
        }
        return json;
    }

    static void addPeerRoutes(RouteTable routes, Objects objects) {
        String one = MultipartObjects.UPLOADS + "{bucket}/{name...}";
        routes.endpoint("PUT", one, call -> put(objects, call));
        routes.endpoint("DELETE", one, call -> {
            objects.local().uploads().abort(here(objects, call), required(call, "uploadId"));
            call.replyHead(204, -1, Map.of());
        });
        routes.endpoint("GET", one, call -> {
            var parts = parts(
                    objects,
                    here(objects, call),
                    required(call, "uploadId"),
                    Integer.parseInt(required(call, "after")),
                    Integer.parseInt(required(call, "limit")));
            call.reply(200, Map.of("parts", parts));
        });
        routes.endpoint("GET", MultipartObjects.UPLOADS + "{bucket}", call -> {
            var uploads = uploads(
                    objects,
                    new BucketName(call.path("bucket")),
                    required(call, "prefix"),
                    required(call, "after"),
                    call.query("afterId"),
                    Integer.parseInt(required(call, "limit")));
            call.reply(200, Map.of("uploads", uploads));
        });
    }

    private static void put(Objects objects, HttpCall call) {
        ObjectKey key = here(objects, call);
        if (call.query("create") != null) {
            PutRequest request = ObjectHeaders.put(call, true, ObjectHeaders.META);
            call.reply(200, Map.of("id", create(objects, key, request)));
            return;
        }
        String upload = required(call, "uploadId");
        if (call.query("complete") != null) {
            Condition condition =
                    ObjectHeaders.put(call, true, ObjectHeaders.META).condition();
            List<CompletedPart> parts = Json.read(call.body(MAX_PARTS_BYTES), new TypeReference<>() {});
            PutOutcome outcome = complete(objects, key, upload, parts, condition);
            Map<String, String> headers = ObjectHeaders.ofChange(outcome.record());
            headers.put(Remote.OUTCOME, outcome.kind().name().toLowerCase(Locale.ROOT));
            call.reply(200, "application/octet-stream", RecordCodec.encode(outcome.record()), headers);
            return;
        }
        int number = Integer.parseInt(required(call, "partNumber"));
        String etag = part(objects, call, key, upload, number, call.header(ObjectHeaders.ETAG), kept(call), true);
        call.reply(200, Map.of("etag", etag));
    }

    private static List<String> kept(HttpCall call) {
        String names = call.header(MultipartObjects.CHECKSUMS);
        return names == null ? List.of() : List.of(names.split(","));
    }

    private static ObjectKey here(Objects objects, HttpCall call) {
        ObjectKey key = Objects.key(call);
        objects.place(call, key, true);
        return key;
    }

    private static String required(HttpCall call, String parameter) {
        String value = call.query(parameter);
        if (value == null) {
            throw new LandfallException(ErrorCode.INVALID_ARGUMENT, "A node says " + parameter);
        }
        return value;
    }
}
