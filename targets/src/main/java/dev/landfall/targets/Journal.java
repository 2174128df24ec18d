package dev.landfall.targets;

import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.RecordCodec;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the data files say about themselves, for the day on which the index is lost: {@code journal/<block>} has the key and the record of
 * every file of a block, appended after the commit, one write for a group of commits. It goes when the block's last file goes. Nothing is read
 * from it while there is an index, and it is not synced: losing its last seconds takes a power cut and the index together.
 *
 * <p>An entry: length of the rest (4 bytes), CRC32C of it (4), length of the key (2), key, record.
 */
final class Journal implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
    private static final int OPEN = 4;
    private static final int MOST = 1 << 24;

    private final Path directory;
    private final Map<Long, FileChannel> open = new LinkedHashMap<>();
    private boolean failed;

    Journal(Path root) throws IOException {
        directory = Files.createDirectories(root.resolve("journal"));
    }

    /** Notes what was committed. Never fails: the index has it. */
    synchronized void note(List<ObjectRecord> records, long currentBlock) {
        if (records.isEmpty()) {
            return;
        }
        var byBlock = new TreeMap<Long, ByteArrayOutputStream>();
        for (ObjectRecord record : records) {
            // A tombstone has no file; it is kept as long as the files that are new now.
            long block = record.files().isEmpty() ? currentBlock : FileIds.blockOf(record.fileId());
            append(byBlock.computeIfAbsent(block, b -> new ByteArrayOutputStream()), record);
        }
        try {
            for (var entry : byBlock.entrySet()) {
                FileChannel channel = channel(entry.getKey());
                for (ByteBuffer bytes = ByteBuffer.wrap(entry.getValue().toByteArray()); bytes.hasRemaining(); ) {
                    channel.write(bytes);
                }
            }
            failed = false;
        } catch (IOException e) {
            if (!failed) {
                LOG.warn(
                        "The journal in {} misses entries; without them a lost index cannot be made anew",
                        directory,
                        e);
            }
            failed = true;
        }
    }

    private static void append(ByteArrayOutputStream bytes, ObjectRecord record) {
        byte[] key = record.key().toBytes();
        byte[] value = RecordCodec.encode(record);
        ByteBuffer rest = ByteBuffer.allocate(2 + key.length + value.length);
        rest.putShort((short) key.length).put(key).put(value).flip();
        var crc = new CRC32C();
        crc.update(rest.duplicate());
        try (var out = new DataOutputStream(bytes)) {
            out.writeInt(rest.remaining());
            out.writeInt((int) crc.getValue());
            out.write(rest.array());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private FileChannel channel(long block) throws IOException {
        FileChannel channel = open.get(block);
        if (channel == null) {
            if (open.size() >= OPEN) {
                close(open.keySet().iterator().next());
            }
            channel = FileChannel.open(
                    path(block), StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
            open.put(block, channel);
        }
        return channel;
    }

    private void close(long block) throws IOException {
        FileChannel channel = open.remove(block);
        if (channel != null) {
            channel.close();
        }
    }

    /** All files of a block have gone. */
    synchronized void remove(long block) {
        try {
            close(block);
            Files.deleteIfExists(path(block));
        } catch (IOException e) {
            LOG.warn("{} could not be removed", path(block), e);
        }
    }

    /**
     * Reads every entry that is whole, oldest first within a block.
     *
     * @return how many files end in the middle of an entry, or have a damaged one
     */
    static int readAll(Path root, BiConsumer<ObjectKey, ObjectRecord> seen) throws IOException {
        Path directory = root.resolve("journal");
        if (!Files.isDirectory(directory)) {
            return 0;
        }
        int damaged = 0;
        try (var files = Files.list(directory)) {
            for (Path file : files.sorted().toList()) {
                damaged += read(file, seen) ? 0 : 1;
            }
        }
        return damaged;
    }

    private static boolean read(Path file, BiConsumer<ObjectKey, ObjectRecord> seen) throws IOException {
        try (var in = new DataInputStream(new java.io.BufferedInputStream(Files.newInputStream(file)))) {
            while (true) {
                int length;
                try {
                    length = in.readInt();
                } catch (EOFException e) {
                    return true;
                }
                int expected = in.readInt();
                if (length < 2 || length > MOST) {
                    return false;
                }
                byte[] rest = in.readNBytes(length);
                var crc = new CRC32C();
                crc.update(rest);
                if (rest.length < length || (int) crc.getValue() != expected) {
                    return false;
                }
                ByteBuffer entry = ByteBuffer.wrap(rest);
                byte[] key = new byte[entry.getShort()];
                entry.get(key);
                byte[] value = new byte[entry.remaining()];
                entry.get(value);
                ObjectKey name = ObjectKey.fromBytes(key);
                seen.accept(name, RecordCodec.decode(name, value));
            }
        } catch (EOFException e) {
            return false;
        }
    }

    private Path path(long block) {
        return directory.resolve(HexFormat.of().toHexDigits(block));
    }

    @Override
    public synchronized void close() {
        for (Long block : List.copyOf(open.keySet())) {
            try {
                close(block);
            } catch (IOException e) {
                LOG.warn("{} could not be closed", path(block), e);
            }
        }
    }
}
