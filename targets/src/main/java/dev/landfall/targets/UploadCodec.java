package dev.landfall.targets;

import dev.landfall.model.ChangeCause;
import dev.landfall.model.DataFile;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.RecordCodec;
import dev.landfall.model.WritebackMode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The durable forms of multipart uploads: one version byte, then the fields in order. What is part of the index's key is left out. */
final class UploadCodec {
    private static final int VERSION = 1;
    private static final int NO_MODE = 255;

    private UploadCodec() {}

    private interface Writer {
        void write(DataOutputStream out) throws IOException;
    }

    private interface Reader<T> {
        T read(DataInputStream in) throws IOException;
    }

    /** @param at wall milliseconds of its completion */
    record Completed(long at, ObjectRecord record) {}

    static byte[] encode(Upload upload) {
        return write(out -> {
            writeOptional(out, upload.contentType());
            writeMap(out, upload.metadata());
            writeMap(out, upload.headers());
            var mode = upload.mode();
            out.writeByte(mode == null ? NO_MODE : mode.ordinal());
            out.writeByte(upload.cause().ordinal());
            out.writeLong(upload.initiated().toEpochMilli());
        });
    }

    static Upload upload(ObjectKey key, String id, byte[] value) {
        return read("The upload of " + key, value, in -> {
            String contentType = in.readBoolean() ? in.readUTF() : null;
            Map<String, String> metadata = readMap(in);
            Map<String, String> headers = readMap(in);
            int mode = in.readUnsignedByte();
            var cause = ChangeCause.values()[in.readUnsignedByte()];
            var initiated = Instant.ofEpochMilli(in.readLong());
            return new Upload(
                    key,
                    id,
                    contentType,
                    metadata,
                    headers,
                    mode == NO_MODE ? null : WritebackMode.values()[mode],
                    cause,
                    initiated);
        });
    }

    static byte[] encode(UploadedPart part) {
        return write(out -> {
            out.writeLong(part.file().id());
            out.writeLong(part.file().length());
            out.writeInt(part.file().crc32c());
            out.writeUTF(part.etag());
            out.writeLong(part.modified().toEpochMilli());
            writeMap(out, part.checksums());
        });
    }

    static UploadedPart part(int number, byte[] value) {
        return read("A part", value, in -> {
            var file = new DataFile(in.readLong(), in.readLong(), in.readInt());
            String etag = in.readUTF();
            var modified = Instant.ofEpochMilli(in.readLong());
            // an older release wrote no checksums, and passes them over
            return new UploadedPart(number, file, etag, modified, in.available() > 0 ? readMap(in) : Map.of());
        });
    }

    static byte[] encode(Completed completed) {
        return write(out -> {
            out.writeLong(completed.at());
            out.write(RecordCodec.encode(completed.record()));
        });
    }

    static Completed completed(ObjectKey key, byte[] value) {
        return read(
                "The completed upload of " + key,
                value,
                in -> new Completed(in.readLong(), RecordCodec.decode(key, in.readAllBytes())));
    }

    private static byte[] write(Writer writer) {
        var bytes = new ByteArrayOutputStream(192);
        try (var out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            writer.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static <T> T read(String what, byte[] value, Reader<T> reader) {
        try (var in = new DataInputStream(new ByteArrayInputStream(value))) {
            int version = in.readUnsignedByte();
            if (version != VERSION) {
                throw new IllegalStateException(what + " has version " + version + "; this release reads " + VERSION);
            }
            return reader.read(in);
        } catch (IOException e) {
            throw new IllegalStateException(what + " is damaged", e);
        }
    }

    private static void writeMap(DataOutputStream out, Map<String, String> map) throws IOException {
        out.writeShort(map.size());
        for (var entry : new TreeMap<>(map).entrySet()) {
            out.writeUTF(entry.getKey());
            out.writeUTF(entry.getValue());
        }
    }

    private static Map<String, String> readMap(DataInputStream in) throws IOException {
        Map<String, String> map = new LinkedHashMap<>();
        for (int left = in.readUnsignedShort(); left > 0; left--) {
            map.put(in.readUTF(), in.readUTF());
        }
        return map;
    }

    private static void writeOptional(DataOutputStream out, @Nullable String text) throws IOException {
        out.writeBoolean(text != null);
        if (text != null) {
            out.writeUTF(text);
        }
    }
}
