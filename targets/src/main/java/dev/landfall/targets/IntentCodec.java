package dev.landfall.targets;

import dev.landfall.model.ChangeCause;
import dev.landfall.model.DataFile;
import dev.landfall.model.Generation;
import dev.landfall.model.ObjectKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The durable form of an {@link Intent}: one version byte, then the fields in order. The key is not part of it. Version 1 had no kept
 * headers, ETags and uploads, and named one data file by its id alone.
 */
final class IntentCodec {
    private static final int VERSION = 2;

    private IntentCodec() {}

    static byte[] encode(Intent intent) {
        var bytes = new ByteArrayOutputStream(128);
        try (var out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeLong(intent.generation().value());
            out.writeBoolean(intent.delete());
            out.writeLong(intent.length());
            out.writeInt(intent.crc32c());
            writeOptional(out, intent.contentType());
            writeMap(out, intent.metadata());
            out.writeByte(intent.cause().ordinal());
            writeMap(out, intent.headers());
            writeOptional(out, intent.etag());
            writeOptional(out, intent.uploadId());
            out.writeShort(intent.files().size());
            for (DataFile file : intent.files()) {
                out.writeLong(file.id());
                out.writeLong(file.length());
                out.writeInt(file.crc32c());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** @throws IllegalStateException for a version this release does not know */
    static Intent decode(ObjectKey key, byte[] value) {
        try (var in = new DataInputStream(new ByteArrayInputStream(value))) {
            int version = in.readUnsignedByte();
            if (version < 1 || version > VERSION) {
                throw new IllegalStateException(
                        "The intent of " + key + " has version " + version + "; this release reads 1 to " + VERSION);
            }
            var generation = new Generation(in.readLong());
            boolean delete = in.readBoolean();
            long oldFile = version < 2 ? in.readLong() : -1;
            long length = in.readLong();
            int crc32c = in.readInt();
            String contentType = readOptional(in);
            Map<String, String> metadata = readMap(in);
            var cause = ChangeCause.values()[in.readUnsignedByte()];
            if (version < 2) {
                List<DataFile> files = delete ? List.of() : List.of(new DataFile(oldFile, length, crc32c));
                return new Intent(
                        key,
                        generation,
                        delete,
                        files,
                        length,
                        crc32c,
                        contentType,
                        metadata,
                        Map.of(),
                        null,
                        cause,
                        null);
            }
            Map<String, String> headers = readMap(in);
            String etag = readOptional(in);
            String uploadId = readOptional(in);
            var files = new ArrayList<DataFile>();
            for (int left = in.readUnsignedShort(); left > 0; left--) {
                files.add(new DataFile(in.readLong(), in.readLong(), in.readInt()));
            }
            return new Intent(
                    key,
                    generation,
                    delete,
                    files,
                    length,
                    crc32c,
                    contentType,
                    metadata,
                    headers,
                    etag,
                    cause,
                    uploadId);
        } catch (IOException e) {
            throw new IllegalStateException("The intent of " + key + " is damaged", e);
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

    private static @Nullable String readOptional(DataInputStream in) throws IOException {
        return in.readBoolean() ? in.readUTF() : null;
    }
}
