package dev.landfall.targets;

import dev.landfall.model.ChangeCause;
import dev.landfall.model.Generation;
import dev.landfall.model.ObjectKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** The durable form of an {@link Intent}: one version byte, then the fields in order. The key is not part of it. */
final class IntentCodec {
    private static final int VERSION = 1;

    private IntentCodec() {}

    static byte[] encode(Intent intent) {
        var bytes = new ByteArrayOutputStream(128);
        try (var out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeLong(intent.generation().value());
            out.writeBoolean(intent.delete());
            out.writeLong(intent.fileId());
            out.writeLong(intent.length());
            out.writeInt(intent.crc32c());
            String contentType = intent.contentType();
            out.writeBoolean(contentType != null);
            if (contentType != null) {
                out.writeUTF(contentType);
            }
            out.writeShort(intent.metadata().size());
            for (var entry : new TreeMap<>(intent.metadata()).entrySet()) {
                out.writeUTF(entry.getKey());
                out.writeUTF(entry.getValue());
            }
            out.writeByte(intent.cause().ordinal());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** @throws IllegalStateException for a version this release does not know */
    static Intent decode(ObjectKey key, byte[] value) {
        try (var in = new DataInputStream(new ByteArrayInputStream(value))) {
            int version = in.readUnsignedByte();
            if (version != VERSION) {
                throw new IllegalStateException(
                        "The intent of " + key + " has version " + version + "; this release reads " + VERSION);
            }
            var generation = new Generation(in.readLong());
            boolean delete = in.readBoolean();
            long fileId = in.readLong();
            long length = in.readLong();
            int crc32c = in.readInt();
            String contentType = in.readBoolean() ? in.readUTF() : null;
            int entries = in.readUnsignedShort();
            Map<String, String> metadata = new LinkedHashMap<>();
            for (int i = 0; i < entries; i++) {
                metadata.put(in.readUTF(), in.readUTF());
            }
            var cause = ChangeCause.values()[in.readUnsignedByte()];
            return new Intent(key, generation, delete, fileId, length, crc32c, contentType, metadata, cause);
        } catch (IOException e) {
            throw new IllegalStateException("The intent of " + key + " is damaged", e);
        }
    }
}
