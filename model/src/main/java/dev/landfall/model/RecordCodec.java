package dev.landfall.model;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The durable form of an {@link ObjectRecord}: one version byte, then the fields in order. The key is not part of it. Version 1 had no
 * kept headers and named one data file by its id alone.
 */
public final class RecordCodec {
    private static final int VERSION = 2;

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
            writeMap(out, record.metadata());
            writeMap(out, record.headers());
            out.writeLong(record.modified().toEpochMilli());
            out.writeByte(record.mode().ordinal());
            out.writeByte(record.cause().ordinal());
            writeFiles(out, record.files());
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
            if (version < 1 || version > VERSION) {
                throw new IllegalStateException(
                        "The record of " + key + " has version " + version + "; this release reads 1 to " + VERSION);
            }
            var generation = new Generation(in.readLong());
            boolean tombstone = in.readBoolean();
            long size = in.readLong();
            int crc32c = in.readInt();
            String etag = in.readUTF();
            String contentType = readOptional(in);
            Map<String, String> metadata = readMap(in);
            Map<String, String> headers = version < 2 ? Map.of() : readMap(in);
            var modified = Instant.ofEpochMilli(in.readLong());
            var mode = WritebackMode.values()[in.readUnsignedByte()];
            var cause = ChangeCause.values()[in.readUnsignedByte()];
            List<DataFile> files = version < 2 ? oldFile(in.readLong(), size, crc32c) : readFiles(in);
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
                    headers,
                    modified,
                    mode,
                    cause,
                    files,
                    dirty,
                    remoteEtag,
                    origin);
        } catch (IOException e) {
            throw new IllegalStateException("The record of " + key + " is damaged", e);
        }
    }

    private static List<DataFile> oldFile(long id, long size, int crc32c) {
        return id == ObjectRecord.NO_FILE ? List.of() : List.of(new DataFile(id, size, crc32c));
    }

    private static void writeFiles(DataOutputStream out, List<DataFile> files) throws IOException {
        out.writeShort(files.size());
        for (DataFile file : files) {
            out.writeLong(file.id());
            out.writeLong(file.length());
            out.writeInt(file.crc32c());
        }
    }

    private static List<DataFile> readFiles(DataInputStream in) throws IOException {
        int count = in.readUnsignedShort();
        if (count == 1) {
            return List.of(new DataFile(in.readLong(), in.readLong(), in.readInt()));
        }
        var files = new ArrayList<DataFile>(count);
        for (int i = 0; i < count; i++) {
            files.add(new DataFile(in.readLong(), in.readLong(), in.readInt()));
        }
        return files;
    }

    private static void writeMap(DataOutputStream out, Map<String, String> map) throws IOException {
        out.writeShort(map.size());
        if (!map.isEmpty()) {
            for (var entry : new TreeMap<>(map).entrySet()) {
                out.writeUTF(entry.getKey());
                out.writeUTF(entry.getValue());
            }
        }
    }

    private static Map<String, String> readMap(DataInputStream in) throws IOException {
        int entries = in.readUnsignedShort();
        if (entries == 0) {
            return Map.of();
        }
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < entries; i++) {
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

    private static @Nullable String readOptional(DataInputStream in) throws IOException {
        return in.readBoolean() ? in.readUTF() : null;
    }
}
