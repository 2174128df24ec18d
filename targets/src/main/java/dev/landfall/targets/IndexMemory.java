package dev.landfall.targets;

import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.WriteBufferManager;

/** The native memory that all indexes of a store share, so that more mountpaths do not mean more memory. */
final class IndexMemory implements AutoCloseable {
    private static final long CACHE_BYTES = 32L << 20;
    private static final long WRITE_BUFFER_BYTES = 48L << 20;

    final Cache cache;
    final WriteBufferManager writeBuffers;
    final BloomFilter bloom;
    private final Cache accounting;

    IndexMemory() {
        RocksLibrary.load();
        cache = new LRUCache(CACHE_BYTES);
        accounting = new LRUCache(WRITE_BUFFER_BYTES);
        writeBuffers = new WriteBufferManager(WRITE_BUFFER_BYTES, accounting);
        bloom = new BloomFilter(10);
    }

    @Override
    public void close() {
        bloom.close();
        writeBuffers.close();
        accounting.close();
        cache.close();
    }
}
