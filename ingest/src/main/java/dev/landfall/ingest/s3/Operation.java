package dev.landfall.ingest.s3;

/** One operation of the S3 API. */
@FunctionalInterface
interface Operation {
    /** Runs on a worker thread and must reply. */
    void run(S3Call call) throws Exception;

    /** Replies, or begins to, on an I/O thread; false, with nothing done, when that would have to wait. */
    default boolean quick(S3Call call) throws Exception {
        return false;
    }
}
