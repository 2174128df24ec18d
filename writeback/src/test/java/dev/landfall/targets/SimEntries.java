package dev.landfall.targets;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** An index in memory. A batch is all or nothing; a power cut takes back any number of the last unsynced ones. */
final class SimEntries implements Entries {
    private record Before(Column column, byte[] key, byte[] value) {}

    private final SimDisk disk;
    private final Map<Column, TreeMap<byte[], byte[]>> columns = new EnumMap<>(Column.class);
    /** How to take back each batch since the last sync. */
    private final List<List<Before>> unsynced = new ArrayList<>();
    /** Once a sync has failed, nothing may be written until the next start. */
    Fence fence;

    SimEntries(SimDisk disk) {
        this.disk = disk;
        for (Column column : Column.values()) {
            columns.put(column, new TreeMap<>(Arrays::compareUnsigned));
        }
    }

    void cutPower(RandomGenerator random) {
        int kept = random.nextInt(unsynced.size() + 1);
        for (int i = unsynced.size() - 1; i >= kept; i--) {
            for (Before before : unsynced.get(i).reversed()) {
                set(before.column, before.key, before.value);
            }
        }
        unsynced.clear();
    }

    @Override
    public byte[] get(Column column, byte[] key) {
        return columns.get(column).get(key);
    }

    @Override
    public void write(Batch batch, boolean sync) {
        fence.check();
        if (sync) {
            try {
                disk.failSometimes();
            } catch (SimDisk.SyncFailed e) {
                throw fence.raise("its index cannot be written: EIO", e);
            }
        }
        var before = new ArrayList<Before>();
        for (Batch.Op op : batch.ops()) {
            before.add(new Before(op.column(), op.key(), get(op.column(), op.key())));
            set(op.column(), op.key(), op.value());
        }
        if (sync) {
            unsynced.clear();
        } else {
            unsynced.add(before);
        }
    }

    @Override
    public void scan(Column column, byte[] from, byte[] to, Visitor visitor) {
        var range = columns.get(column).tailMap(from);
        for (var entry : (to == null ? range : range.headMap(to)).entrySet()) {
            if (!visitor.visit(entry.getKey(), entry.getValue())) {
                return;
            }
        }
    }

    private void set(Column column, byte[] key, byte[] value) {
        if (value == null) {
            columns.get(column).remove(key);
        } else {
            columns.get(column).put(key, value);
        }
    }
}
