/** The S3 API: one class per operation, over the same objects as the native API. */
package dev.landfall.ingest.s3;
