package dev.landfall.ingest.objects;

import dev.landfall.ingest.http.Body;
import dev.landfall.ingest.http.HttpCall;
import dev.landfall.ingest.peer.PeerReply;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.KeptHeaders;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.targets.BodyReader;
import dev.landfall.writeback.ObjectData;
import dev.landfall.writeback.ObjectInfo;
import dev.landfall.writeback.PutRequest;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Opens an object to be read by this node, wherever it is. */
public final class ReadObject {
    private ReadObject() {}

    private interface Content {
        /** Some bytes; -1 at the end. */
        int read(ByteBuffer into) throws IOException;
    }

    private static Content stream(InputStream stream) {
        byte[] chunk = new byte[64 << 10];
        return into -> {
            int n = stream.read(chunk, 0, Math.min(into.remaining(), chunk.length));
            if (n > 0) {
                into.put(chunk, 0, n);
            }
            return n;
        };
    }

    private static final class Files implements Content {
        private final BodyReader reader;
        private long position;

        private final long end;

        Files(BodyReader reader, Range part) {
            this.reader = reader;
            this.position = part.first();
            this.end = part.first() + part.count();
        }

        @Override
        public int read(ByteBuffer into) throws IOException {
            long count = Math.min(into.remaining(), end - position);
            if (count == 0) {
                return into.hasRemaining() ? -1 : 0;
            }
            reader.transferTo(position, count, (file, from, length) -> {
                ByteBuffer piece = into.slice(into.position(), (int) length);
                while (piece.hasRemaining()) {
                    if (file.read(piece, from + piece.position()) < 0) {
                        throw new EOFException("A data file is shorter than its record says");
                    }
                }
                into.position(into.position() + (int) length);
            });
            position += count;
            return (int) count;
        }
    }

    /** An open object, as the body of what is made of it; close it. */
    public static final class Opened implements Body, AutoCloseable {
        private final Map<String, String> headers;
        private final long size;
        private final Content content;
        private final AutoCloseable owner;

        private Opened(Map<String, String> headers, long size, Content content, AutoCloseable owner) {
            this.headers = headers;
            this.size = size;
            this.content = content;
            this.owner = owner;
        }

        @Override
        public long length() {
            return size;
        }

        @Override
        public int read(ByteBuffer into) {
            try {
                return content.read(into);
            } catch (IOException e) {
                throw new LandfallException(
                        ErrorCode.OWNER_UNAVAILABLE, "The source could not be read to its end; try again", e);
            }
        }

        @Override
        public @Nullable String trailer(String name) {
            return null;
        }

        /** The object, when it is of this node and was not read yet; null otherwise. */
        @Nullable
        ObjectData here() {
            return owner instanceof ObjectData data && data.info().size() == size ? data : null;
        }

        public String etag() {
            return ObjectHeaders.unquote(String.valueOf(headers.get("etag")));
        }

        public Instant modified() {
            return ZonedDateTime.parse(
                            String.valueOf(headers.get("last-modified")), DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
        }

        /** The request with the content type, kept headers and metadata of this object. */
        public PutRequest describe(PutRequest request) {
            Map<String, String> metadata = new LinkedHashMap<>();
            headers.forEach((name, value) -> {
                if (name.startsWith(ObjectHeaders.META)) {
                    metadata.put(name.substring(ObjectHeaders.META.length()), value);
                }
            });
            Map<String, String> kept = new LinkedHashMap<>(headers);
            kept.keySet().retainAll(KeptHeaders.NAMES);
            return request.withLength(size).withContent(headers.get("content-type"), metadata, kept);
        }

        @Override
        public void close() {
            try {
                owner.close();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /**
     * @param range as in a Range header; null for all of it
     * @throws LandfallException {@code NO_SUCH_BUCKET}, {@code NO_SUCH_OBJECT}, {@code INVALID_RANGE}, {@code OWNER_UNAVAILABLE}
     */
    public static Opened open(Objects objects, HttpCall call, ObjectKey key, @Nullable String range) {
        return switch (objects.place(call, key, false)) {
            case Places.Place.Here here -> here(objects.local().get(key), range);
            case Places.Place.There there -> there(objects, call, key, there, range);
        };
    }

    /** @throws LandfallException {@code NO_SUCH_BUCKET}, {@code NO_SUCH_OBJECT}, {@code OWNER_UNAVAILABLE} */
    public static void requireThere(Objects objects, HttpCall call, ObjectKey key) {
        switch (objects.place(call, key, false)) {
            case Places.Place.Here here -> objects.local().head(key);
            case Places.Place.There there -> {
                try (PeerReply reply =
                        objects.remote().ask(key, there, "HEAD", Map.of("X-Request-Id", call.requestId()), true)) {
                    if (!reply.ok()) {
                        call.reported();
                        throw reply.error();
                    }
                }
            }
        }
    }

    private static Opened here(ObjectData data, @Nullable String range) {
        boolean opened = false;
        try {
            ObjectInfo info = data.info();
            Range asked = Range.parse(range, info.size());
            Range part = asked == null ? new Range(0, info.size()) : asked;
            Content content = switch (data) {
                case ObjectData.Local local -> new Files(local.reader(), part);
                case ObjectData.Cold cold -> {
                    cold.body().skipNBytes(part.first());
                    yield stream(cold.body());
                }
            };
            opened = true;
            return new Opened(lower(ObjectHeaders.of(info)), part.count(), content, data);
        } catch (IOException e) {
            throw new LandfallException(ErrorCode.REMOTE_UNAVAILABLE, "The source could not be read from S3", e);
        } finally {
            if (!opened) {
                data.close();
            }
        }
    }

    private static Opened there(
            Objects objects, HttpCall call, ObjectKey key, Places.Place.There there, @Nullable String range) {
        Map<String, String> asked = new LinkedHashMap<>(Map.of("X-Request-Id", call.requestId()));
        if (range != null) {
            asked.put("Range", range);
        }
        PeerReply reply = objects.remote().ask(key, there, "GET", asked, true);
        if (!reply.ok()) {
            try (reply) {
                call.reported();
                throw reply.error();
            }
        }
        Map<String, String> headers = lower(reply.headers(GetObject.ANSWERED, ObjectHeaders.META));
        return new Opened(headers, reply.length(), stream(reply.body()), reply);
    }

    private static Map<String, String> lower(Map<String, String> headers) {
        Map<String, String> lower = new LinkedHashMap<>();
        headers.forEach((name, value) -> lower.put(name.toLowerCase(Locale.ROOT), value));
        return lower;
    }
}
