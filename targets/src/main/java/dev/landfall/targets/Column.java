package dev.landfall.targets;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** The column families of a mountpath's index. */
enum Column {
    /** Counter marks, epochs, the file id mark, the clean mark, ids of multipart uploads that are open on S3. */
    META,
    /** Key → record. Sorted by the UTF-8 bytes of {@code bucket/name}: a listing is a range scan. */
    RECORDS,
    /** Partition and order → key: what S3 does not have. */
    DIRTY,
    /** Partition and sequence → event. */
    OUTBOX,
    /** Key, 0, generation → intent. */
    INTENTS,
    /** File id → key, for every data file that a record names. */
    FILES,
    /** File id: replaced, and to be unlinked. */
    GARBAGE,
    /** File id → key: committed without a sync of the data file. */
    UNSYNCED,
    /** Wall milliseconds and key → sequence of its event: what the reaper looks at, oldest first. */
    TOMBSTONES,
    /** Key, 0, upload id → multipart upload. */
    UPLOADS,
    /** Key, 0, upload id, number → part. */
    PARTS,
    /** Key, 0, upload id → what became of a completed upload. */
    COMPLETED;

    byte[] rocksName() {
        return (this == META ? "default" : name().toLowerCase(Locale.ROOT)).getBytes(StandardCharsets.UTF_8);
    }
}
