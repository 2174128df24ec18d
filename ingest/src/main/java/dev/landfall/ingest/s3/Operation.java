package dev.landfall.ingest.s3;

/** One operation of the S3 API. Runs on a worker thread and must reply. */
@FunctionalInterface
interface Operation {
    void run(S3Call call) throws Exception;
}
