package dev.landfall.ingest.s3;

import dev.landfall.ingest.http.HttpCall;
import dev.landfall.model.BucketName;
import dev.landfall.model.ObjectKey;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A call of the S3 API.
 *
 * @param bucket empty for what is about all of them
 * @param name of the object; empty for what is about the bucket
 */
record S3Call(HttpCall http, String bucket, String name) {
    BucketName bucketName() {
        return new BucketName(bucket);
    }

    ObjectKey key() {
        return ObjectKey.of(bucket, name);
    }

    @Nullable
    String query(String parameter) {
        return http.query(parameter);
    }

    String queryOr(String parameter, String otherwise) {
        String value = http.query(parameter);
        return value == null ? otherwise : value;
    }

    @Nullable
    String header(String header) {
        return http.header(header);
    }

    void reply(Xml xml) {
        http.reply(200, Xml.CONTENT_TYPE, xml.end(), Map.of());
    }
}
