package dev.landfall.writeback;

import dev.landfall.model.DataFile;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.targets.BodyReader;
import dev.landfall.targets.BodyWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** Appends pieces of objects to new bodies. */
final class Appends {
    private Appends() {}

    /** @throws LandfallException {@code INCOMPLETE_BODY}, {@code CORRUPT_OBJECT} */
    static void append(BodyWriter body, ObjectData source, long first, long count) {
        long before = body.length();
        switch (source) {
            case ObjectData.Local local -> {
                local(body, local.reader(), first, count);
                if (before == 0
                        && first == 0
                        && count == local.info().size()
                        && body.crc32c() != local.reader().record().crc32c()) {
                    throw new LandfallException(
                            ErrorCode.CORRUPT_OBJECT,
                            "The stored data of " + local.info().key() + " does not match its checksum");
                }
            }
            case ObjectData.Cold cold -> cold(body, cold, first, count);
        }
        if (body.length() - before != count) {
            throw new LandfallException(
                    ErrorCode.INCOMPLETE_BODY, "The source " + source.info().key() + " has fewer bytes than asked for");
        }
    }

    private static void local(BodyWriter body, BodyReader reader, long first, long count) {
        List<DataFile> files = reader.record().files();
        List<Path> paths = reader.paths();
        long start = 0;
        for (int i = 0; i < files.size(); i++) {
            long length = files.get(i).length();
            long from = Math.max(first, start);
            long to = Math.min(first + count, start + length);
            if (from < to) {
                body.copyFrom(paths.get(i), from - start, to - from);
            }
            start += length;
        }
    }

    private static void cold(BodyWriter body, ObjectData.Cold cold, long first, long count) {
        InputStream in = cold.body();
        byte[] chunk = new byte[64 << 10];
        try {
            in.skipNBytes(first);
            for (long left = count; left > 0; ) {
                int read = in.read(chunk, 0, (int) Math.min(chunk.length, left));
                if (read < 0) {
                    return;
                }
                body.write(ByteBuffer.wrap(chunk, 0, read));
                left -= read;
            }
        } catch (IOException e) {
            throw new LandfallException(
                    ErrorCode.INCOMPLETE_BODY, "The source " + cold.info().key() + " broke off: " + e.getMessage(), e);
        }
    }
}
