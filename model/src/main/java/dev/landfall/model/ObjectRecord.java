package dev.landfall.model;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the index holds of a key.
 *
 * @param size bytes; 0 for a tombstone
 * @param crc32c of the whole object (Castagnoli, RFC 3720)
 * @param etag without quotes: {@link #etagOf}, unless whoever put it chose another (an MD5, S3's form for multipart uploads)
 * @param headers the {@link KeptHeaders} of its PUT, by name in lower case
 * @param modified wall time of the change, to the millisecond
 * @param files the data files on the partition's mountpath, in order: one, or the parts of a multipart upload; none of a tombstone
 * @param dirtySince what waits for S3, and since when; null when the record is clean
 * @param remoteEtag the ETag that S3 gave for this generation, once it is there
 * @param origin what a pipeline made this object from; null for anybody else's object
 */
public record ObjectRecord(
        ObjectKey key,
        Generation generation,
        boolean tombstone,
        long size,
        int crc32c,
        String etag,
        @Nullable String contentType,
        Map<String, String> metadata,
        Map<String, String> headers,
        Instant modified,
        WritebackMode mode,
        ChangeCause cause,
        List<DataFile> files,
        @Nullable DirtyMark dirtySince,
        @Nullable String remoteEtag,
        @Nullable Origin origin) {
    public static final long NO_FILE = -1;

    /**
     * A dirty mark. A key that is overwritten while dirty keeps its place in the order of write-back.
     *
     * @param order the counter of the first change that S3 has not seen; with the partition, the key of the dirty index
     * @param since wall time of that change
     * @param parked why S3 refused it for good; null while it is still tried
     */
    public record DirtyMark(
            long order, Instant since, @Nullable String parked) {}

    public ObjectRecord {
        metadata = Map.copyOf(metadata);
        headers = Map.copyOf(headers);
        files = List.copyOf(files);
    }

    /** The first data file; {@link #NO_FILE} when there is none. The only one, unless {@link #isInParts}. */
    public long fileId() {
        return files.isEmpty() ? NO_FILE : files.getFirst().id();
    }

    /** Whether it has more than one data file. */
    public boolean isInParts() {
        return files.size() > 1;
    }

    public ObjectState state() {
        return dirtySince == null
                ? ObjectState.CLEAN
                : dirtySince.parked() == null ? ObjectState.DIRTY : ObjectState.PARKED;
    }

    /**
     * The ETag of what Landfall itself stored: strong, and of the form {@code hex-1}, which S3 clients know from multipart uploads: anything
     * without a dash they may take for an MD5.
     */
    public static String etagOf(Generation generation, int crc32c) {
        return generation + java.util.HexFormat.of().toHexDigits(crc32c) + "-1";
    }

    /** This record with another dirty mark and remote ETag; everything else, the generation too, stays. */
    public ObjectRecord withRemote(@Nullable DirtyMark mark, @Nullable String newRemoteEtag) {
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
                mark,
                newRemoteEtag,
                origin);
    }

    /** This record without its data files: what is left to say of an object whose data may be gone. */
    public ObjectRecord withoutFiles() {
        return withFiles(List.of());
    }

    /** This record with the same data in other files. */
    public ObjectRecord withFiles(List<DataFile> others) {
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
                others,
                dirtySince,
                remoteEtag,
                origin);
    }
}
