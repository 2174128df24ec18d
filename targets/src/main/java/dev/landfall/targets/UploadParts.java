package dev.landfall.targets;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** The parts of multipart uploads, as the index has them. */
record UploadParts(Index index) {
    /** Every part of every open upload, with the upload's key in the index. */
    void each(BiConsumer<byte[], UploadedPart> seen) {
        index.scanAll(Column.PARTS, (at, value) -> {
            seen.accept(IndexKeys.uploadOfPart(at), UploadCodec.part(IndexKeys.numberOfPart(at), value));
            return true;
        });
    }

    /** Those of one upload in the order of their numbers. */
    List<UploadedPart> of(byte[] upload, int afterNumber, int limit) {
        var found = new ArrayList<UploadedPart>();
        if (limit > 0) {
            byte[] from = IndexKeys.part(upload, afterNumber + 1);
            byte[] to = IndexKeys.part(upload, 0xffff);
            index.scan(Column.PARTS, from, to, (at, value) -> {
                found.add(UploadCodec.part(IndexKeys.numberOfPart(at), value));
                return found.size() < limit;
            });
        }
        return found;
    }

    /** Adds to a batch that nothing names the part's file any more; returns its id. */
    static long stageGarbage(Batch batch, UploadedPart part) {
        long id = part.file().id();
        batch.put(Column.GARBAGE, IndexKeys.file(id), IndexKeys.numbers());
        return id;
    }
}
