package dev.landfall.model;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The durable form of an {@link ObjectEvent} in the outbox: one version byte, then the fields in order. */
public final class EventCodec {
    private static final int VERSION = 1;

    private EventCodec() {}

    public static byte[] encode(ObjectEvent event) {
        var bytes = new ByteArrayOutputStream(192);
        try (var out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeByte(event.type().ordinal());
            out.writeUTF(event.key().toString());
            out.writeLong(event.generation().value());
            out.writeLong(event.size());
            out.writeUTF(event.etag());
            out.writeLong(event.time().toEpochMilli());
            out.writeUTF(event.target());
            out.writeByte(event.mode().ordinal());
            out.writeByte(event.cause().ordinal());
            var origin = event.origin();
            out.writeUTF(origin == null ? "" : new String(Json.write(origin), java.nio.charset.StandardCharsets.UTF_8));
            out.writeUTF(orEmpty(event.traceparent()));
            out.writeUTF(orEmpty(event.detail()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** @throws IllegalStateException for a version this release does not know */
    public static ObjectEvent decode(byte[] value) {
        try (var in = new DataInputStream(new ByteArrayInputStream(value))) {
            int version = in.readUnsignedByte();
            if (version != VERSION) {
                throw new IllegalStateException(
                        "An outbox entry has version " + version + "; this release reads " + VERSION);
            }
            var type = EventType.values()[in.readUnsignedByte()];
            var key = ObjectKey.parse(in.readUTF());
            var generation = new Generation(in.readLong());
            long size = in.readLong();
            String etag = in.readUTF();
            var time = Instant.ofEpochMilli(in.readLong());
            String target = in.readUTF();
            var mode = WritebackMode.values()[in.readUnsignedByte()];
            var cause = ChangeCause.values()[in.readUnsignedByte()];
            String origin = in.readUTF();
            String traceparent = in.readUTF();
            String detail = in.readUTF();
            return new ObjectEvent(
                    type,
                    key,
                    generation,
                    size,
                    etag,
                    time,
                    target,
                    mode,
                    cause,
                    origin.isEmpty()
                            ? null
                            : Json.read(origin.getBytes(java.nio.charset.StandardCharsets.UTF_8), Origin.class),
                    orNull(traceparent),
                    orNull(detail));
        } catch (IOException e) {
            throw new IllegalStateException("An outbox entry is damaged", e);
        }
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
