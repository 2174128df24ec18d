package dev.landfall.model;

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

/** The durable form of an {@link ObjectRecord}: one version byte, then the fields in order. The key is not part of it. */
public final class RecordCodec {
    private static final int VERSION = 1;

    private RecordCodec() {}

    public static byte[] encode(ObjectRecord record) {
        var bytes = new ByteArrayOutputStream(192);
        try (var out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeLong(record.generation().value());
            out.writeBoolean(record.tombstone());
            out.writeLong(record.size());
            out.writeInt(record.crc32c());
            out.writeUTF(record.etag());
            writeOptional(out, record.contentType());
            out.writeShort(record.metadata().size());
            for (var entry : new TreeMap<>(record.metadata()).entrySet()) {
                out.writeUTF(entry.getKey());
                out.writeUTF(entry.getValue());
            }
            out.writeLong(record.modified().toEpochMilli());
            out.writeByte(record.mode().ordinal());
            out.writeByte(record.cause().ordinal());
            out.writeLong(record.fileId());
            var dirty = record.dirtySince();
            out.writeBoolean(dirty != null);
            if (dirty != null) {
                out.writeLong(dirty.order());
                out.writeLong(dirty.since().toEpochMilli());
                writeOptional(out, dirty.parked());
            }
            writeOptional(out, record.remoteEtag());
            var origin = record.origin();
            out.writeBoolean(origin != null);
            if (origin != null) {
                out.writeUTF(origin.pipeline());
                out.writeUTF(origin.sourceKey());
                out.writeLong(origin.sourceGeneration().value());
                out.writeLong(origin.run());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** @throws IllegalStateException for a version this release does not know */
    public static ObjectRecord decode(ObjectKey key, byte[] value) {
        try (var in = new DataInputStream(new ByteArrayInputStream(value))) {
            int version = in.readUnsignedByte();
            if (version != VERSION) {
                throw new IllegalStateException(
                        "The record of " + key + " has version " + version + "; this release reads " + VERSION);
            }
            var generation = new Generation(in.readLong());
            boolean tombstone = in.readBoolean();
            long size = in.readLong();
            int crc32c = in.readInt();
            String etag = in.readUTF();
            String contentType = readOptional(in);
            int entries = in.readUnsignedShort();
            Map<String, String> metadata = new LinkedHashMap<>();
            for (int i = 0; i < entries; i++) {
                metadata.put(in.readUTF(), in.readUTF());
            }
            var modified = Instant.ofEpochMilli(in.readLong());
            var mode = WritebackMode.values()[in.readUnsignedByte()];
            var cause = ChangeCause.values()[in.readUnsignedByte()];
            long fileId = in.readLong();
            var dirty = in.readBoolean()
                    ? new ObjectRecord.DirtyMark(in.readLong(), Instant.ofEpochMilli(in.readLong()), readOptional(in))
                    : null;
            String remoteEtag = readOptional(in);
            var origin = in.readBoolean()
                    ? new Origin(in.readUTF(), in.readUTF(), new Generation(in.readLong()), in.readLong())
                    : null;
            return new ObjectRecord(
                    key,
                    generation,
                    tombstone,
                    size,
                    crc32c,
                    etag,
                    contentType,
                    metadata,
                    modified,
                    mode,
                    cause,
                    fileId,
                    dirty,
                    remoteEtag,
                    origin);
        } catch (IOException e) {
            throw new IllegalStateException("The record of " + key + " is damaged", e);
        }
    }

    private static void writeOptional(DataOutputStream out, @Nullable String text) throws IOException {
        out.writeBoolean(text != null);
        if (text != null) {
            out.writeUTF(text);
        }
    }

    private static @Nullable String readOptional(DataInputStream in) throws IOException {
        return in.readBoolean() ? in.readUTF() : null;
    }
}
