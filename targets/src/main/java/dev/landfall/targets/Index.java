package dev.landfall.targets;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Status;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The index of one mountpath. Any thread may call it; after {@link #close()} every call throws {@code SHUTTING_DOWN}. An error of the
 * disk fences the mountpath.
 */
final class Index implements Entries, AutoCloseable {
    private final Fence fence;
    private final List<AutoCloseable> natives;
    private final RocksDB db;
    private final Map<Column, ColumnFamilyHandle> handles;
    private final WriteOptions synced;
    private final WriteOptions unsynced;
    /** Held for reading by every call: a native handle must not be used once it is closed. */
    private final ReentrantReadWriteLock gate = new ReentrantReadWriteLock();

    private boolean closed;

    private Index(Fence fence, RocksDB db, Map<Column, ColumnFamilyHandle> handles, List<AutoCloseable> natives) {
        this.fence = fence;
        this.db = db;
        this.handles = handles;
        this.natives = natives;
        synced = new WriteOptions().setSync(true);
        unsynced = new WriteOptions();
    }

    /** @throws IllegalStateException when it cannot be opened */
    static Index open(Path directory, IndexMemory memory, Space space, Fence fence) {
        var natives = new ArrayList<AutoCloseable>();
        var table = new BlockBasedTableConfig()
                .setBlockCache(memory.cache)
                .setFilterPolicy(memory.bloom)
                .setCacheIndexAndFilterBlocks(true);
        var columnOptions = new ColumnFamilyOptions()
                .setTableFormatConfig(table)
                .setWriteBufferSize(16L << 20)
                .setMaxWriteBufferNumber(2)
                .setCompressionType(CompressionType.LZ4_COMPRESSION);
        natives.add(columnOptions);
        // On a small disk the log has to stay small, and preallocated logs would take what a small disk needs for its
        // objects.
        var options = new DBOptions()
                .setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true)
                .setParanoidChecks(true)
                .setWalRecoveryMode(WALRecoveryMode.PointInTimeRecovery)
                .setWriteBufferManager(memory.writeBuffers)
                .setMaxTotalWalSize(Math.clamp(space.total() / 16, 1L << 20, 48L << 20))
                .setAllowFAllocate(false)
                .setMaxOpenFiles(256)
                .setMaxBackgroundJobs(2)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setKeepLogFileNum(2)
                .setMaxLogFileSize(1 << 20)
                .setStatsDumpPeriodSec(0)
                .setStatsPersistPeriodSec(0);
        natives.add(options);
        var descriptors = new ArrayList<ColumnFamilyDescriptor>();
        for (Column column : Column.values()) {
            descriptors.add(new ColumnFamilyDescriptor(column.rocksName(), columnOptions));
        }
        var opened = new ArrayList<ColumnFamilyHandle>();
        try {
            RocksDB db = RocksDB.open(options, directory.toString(), descriptors, opened);
            var handles = new EnumMap<Column, ColumnFamilyHandle>(Column.class);
            for (Column column : Column.values()) {
                handles.put(column, opened.get(column.ordinal()));
            }
            return new Index(fence, db, handles, natives);
        } catch (RocksDBException e) {
            options.close();
            columnOptions.close();
            throw new IllegalStateException("The index in " + directory + " cannot be opened: " + e.getMessage(), e);
        }
    }

    @Override
    public byte @Nullable [] get(Column column, byte[] key) {
        enter();
        try {
            return db.get(handle(column), key);
        } catch (RocksDBException e) {
            throw failed("read", e);
        } finally {
            gate.readLock().unlock();
        }
    }

    /**
     * Does not look at the free space: whoever adds data does, what makes room must pass.
     */
    @Override
    public void write(Batch batch, boolean sync) {
        enter();
        try (var native_ = new WriteBatch()) {
            for (Batch.Op op : batch.ops()) {
                byte[] value = op.value();
                if (value == null) {
                    native_.delete(handle(op.column()), op.key());
                } else {
                    native_.put(handle(op.column()), op.key(), value);
                }
            }
            db.write(sync ? synced : unsynced, native_);
        } catch (RocksDBException e) {
            throw failed("written", e);
        } finally {
            gate.readLock().unlock();
        }
    }

    /** Makes everything written so far survive a power cut. */
    void sync() {
        enter();
        try {
            db.flushWal(true);
        } catch (RocksDBException e) {
            throw failed("synced", e);
        } finally {
            gate.readLock().unlock();
        }
    }

    @Override
    public void scan(Column column, byte[] from, byte @Nullable [] to, Visitor visitor) {
        enter();
        try (var options = new ReadOptions();
                var bound = new Slice(to == null ? new byte[0] : to)) {
            if (to != null) {
                options.setIterateUpperBound(bound);
            }
            try (RocksIterator entries = db.newIterator(handle(column), options)) {
                for (entries.seek(from); entries.isValid(); entries.next()) {
                    if (!visitor.visit(entries.key(), entries.value())) {
                        break;
                    }
                }
                entries.status();
            }
        } catch (RocksDBException e) {
            throw failed("read", e);
        } finally {
            gate.readLock().unlock();
        }
    }

    @Override
    public void close() {
        gate.writeLock().lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            handles.values().forEach(ColumnFamilyHandle::close);
            db.close();
            synced.close();
            unsynced.close();
            for (AutoCloseable each : natives) {
                each.close();
            }
        } catch (Exception e) {
            throw new IllegalStateException("The index cannot be closed", e);
        } finally {
            gate.writeLock().unlock();
        }
    }

    /** A full disk passes: RocksDB resumes by itself a few seconds after there is space. Anything else does not. */
    private LandfallException failed(String what, RocksDBException e) {
        Status status = e.getStatus();
        if (status != null && status.getSubCode() == Status.SubCode.NoSpace) {
            return Space.full(e);
        }
        return fence.raise("its index cannot be " + what + ": " + e.getMessage(), e);
    }

    private void enter() {
        gate.readLock().lock();
        if (closed) {
            gate.readLock().unlock();
            throw LandfallException.of(ErrorCode.SHUTTING_DOWN);
        }
    }

    private ColumnFamilyHandle handle(Column column) {
        ColumnFamilyHandle handle = handles.get(column);
        if (handle == null) {
            throw new IllegalStateException("Column " + column + " is not open");
        }
        return handle;
    }
}
