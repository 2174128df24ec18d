package dev.landfall.ingest.objects;

import dev.landfall.ingest.http.HttpCall;
import dev.landfall.ingest.http.Promptness;
import dev.landfall.ingest.http.RouteTable;
import dev.landfall.ingest.peer.PeerReply;
import dev.landfall.model.KeptHeaders;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import dev.landfall.writeback.ObjectData;
import dev.landfall.writeback.ObjectInfo;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code GET} and {@code HEAD /api/v1/objects/{bucket}/{name...}}, from here or from the owner; ranges and conditions. */
public record GetObject(Objects objects, boolean peerDoor) implements RouteTable.QuickEndpoint {
    private static final List<String> ASKED = List.of(
            "Range",
            "If-Range",
            "If-Match",
            "If-None-Match",
            "If-Modified-Since",
            "If-Unmodified-Since",
            "traceparent");
    /** The number of a part, between nodes. */
    private static final String PART = "Landfall-Part";

    static final List<String> ANSWERED = Stream.concat(
                    Stream.of(
                            "ETag",
                            "Landfall-Generation",
                            "Landfall-State",
                            ObjectHeaders.PARKED,
                            ObjectHeaders.CRC32C,
                            ObjectHeaders.PARTS,
                            "Content-Type",
                            "Last-Modified",
                            "Accept-Ranges",
                            "Content-Range"),
                    KeptHeaders.NAMES.stream().map(KeptHeaders::wire))
            .toList();

    /** What becomes of the headers of the native API's reply. */
    @FunctionalInterface
    public interface Headers {
        Map<String, String> of(Map<String, String> headers);
    }

    @Override
    public boolean quick(HttpCall call) throws IOException {
        return quick(call, Objects.key(call), askedByPeer(call), headers -> headers);
    }

    /** As {@link #get}, on the I/O thread of the call; false, with nothing done, when that would have to wait. */
    public boolean quick(HttpCall call, ObjectKey key, @Nullable Integer part, Headers shape) throws IOException {
        if (!objects.isHere(call, key, peerDoor)) {
            return false;
        }
        Promptness disk = objects.disks().of(key);
        int place = disk.enter();
        if (place < 0) {
            return false;
        }
        try {
            ObjectRecord record = objects.local().atHand(key).orElse(null);
            if (record == null) {
                return false;
            }
            call.disk(disk);
            if (call.method().equals("HEAD")) {
                headHere(call, ObjectInfo.of(record), part, shape);
                return true;
            }
            ObjectData data = objects.local().open(record).orElse(null);
            if (data == null) {
                return false;
            }
            getHere(call, data, part, shape);
            return true;
        } finally {
            disk.leave(place);
        }
    }

    @Override
    public void handle(HttpCall call) throws IOException {
        ObjectKey key = Objects.key(call);
        Places.Place place = objects.place(call, key, peerDoor);
        if (!(place instanceof Places.Place.There there) || !Objects.redirected(call, there)) {
            get(call, key, place, askedByPeer(call), headers -> headers);
        }
    }

    /**
     * Replies to a GET or HEAD of the object, from here or from the owner.
     *
     * @param part of those that it was uploaded in: only this one; null for what Range says
     */
    public void get(HttpCall call, ObjectKey key, @Nullable Integer part, Headers shape) throws IOException {
        get(call, key, objects.place(call, key, peerDoor), part, shape);
    }

    private void get(HttpCall call, ObjectKey key, Places.Place place, @Nullable Integer part, Headers shape)
            throws IOException {
        switch (place) {
            case Places.Place.Here here -> {
                if (call.method().equals("HEAD")) {
                    headHere(call, objects.local().head(key), part, shape);
                } else {
                    getHere(call, objects.local().get(key), part, shape);
                }
            }
            case Places.Place.There there -> getThere(call, key, there, part, shape);
        }
    }

    private static void headHere(HttpCall call, ObjectInfo info, @Nullable Integer part, Headers shape) {
        Map<String, String> headers = shape.of(ObjectHeaders.of(info));
        if (ReadConditions.notModified(call, info)) {
            call.replyHead(304, -1, headers);
            return;
        }
        Range range = range(call, info, part);
        if (range != null) {
            headers.put("Content-Range", range.contentRange(info.size()));
        }
        call.replyHead(range == null ? 200 : 206, range == null ? info.size() : range.count(), headers);
    }

    private static void getHere(HttpCall call, ObjectData opened, @Nullable Integer number, Headers shape)
            throws IOException {
        try (ObjectData data = opened) {
            ObjectInfo info = data.info();
            Map<String, String> headers = shape.of(ObjectHeaders.of(info));
            if (ReadConditions.notModified(call, info)) {
                call.replyHead(304, -1, headers);
                return;
            }
            Range asked = range(call, info, number);
            Range part = asked == null ? new Range(0, info.size()) : asked;
            if (asked != null) {
                headers.put("Content-Range", asked.contentRange(info.size()));
            }
            int status = asked == null ? 200 : 206;
            switch (data) {
                case ObjectData.Local local ->
                    call.replyFile(status, local.reader(), part.first(), part.count(), headers);
                case ObjectData.Cold cold -> {
                    cold.body().skipNBytes(part.first());
                    call.replyStream(status, cold.body(), part.count(), headers);
                }
            }
        }
    }

    private void getThere(
            HttpCall call, ObjectKey key, Places.Place.There there, @Nullable Integer part, Headers shape) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("X-Request-Id", call.requestId());
        for (String name : ASKED) {
            String value = call.header(name);
            if (value != null) {
                headers.put(name, value);
            }
        }
        if (part != null) {
            headers.put(PART, part.toString());
        }
        try (PeerReply reply = objects.remote().ask(key, there, call.method(), headers, true)) {
            Map<String, String> answered = shape.of(reply.headers(ANSWERED, ObjectHeaders.META));
            if (!reply.ok()) {
                String range = reply.header("Content-Range");
                if (range != null) {
                    call.replyHeader("Content-Range", range);
                }
                call.reported();
                throw reply.error();
            }
            if (call.method().equals("HEAD") || reply.status() == 304) {
                call.replyHead(reply.status(), reply.status() == 304 ? -1 : reply.length(), answered);
                return;
            }
            InputStream body = reply.body();
            call.replyStream(reply.status(), body, reply.length(), answered);
        }
    }

    private static @Nullable Range range(HttpCall call, ObjectInfo info, @Nullable Integer part) {
        try {
            if (part != null) {
                return Range.ofPart(info.parts(), part);
            }
            return ReadConditions.isRangeOf(call, info) ? Range.parse(call.header("Range"), info.size()) : null;
        } catch (LandfallException e) {
            call.replyHeader("Content-Range", "bytes */" + info.size());
            throw e;
        }
    }

    private @Nullable Integer askedByPeer(HttpCall call) {
        String part = peerDoor ? call.header(PART) : null;
        return part == null ? null : Integer.valueOf(part);
    }
}
