package dev.landfall.topology;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landfall.model.BucketName;
import dev.landfall.model.ClusterView;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.Json;
import dev.landfall.model.LandfallException;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a job about a bucket.
 *
 * @param prefix of the names that are meant; null for all
 */
record BucketArgs(@Nullable String bucket, @Nullable String prefix) {
    static BucketArgs of(JsonNode args) {
        return Json.read(Json.write(args), BucketArgs.class);
    }

    /** @throws LandfallException {@code INVALID_ARGUMENT} for anything else than a bucket that exists and has a remote */
    static JsonNode check(String kind, JsonNode args, ClusterView view) {
        BucketArgs asked = Json.strict(Json.write(args), BucketArgs.class);
        if (asked.bucket == null) {
            throw new LandfallException(ErrorCode.INVALID_ARGUMENT, "A job of kind " + kind + " needs a \"bucket\"");
        }
        if (view.bucket(asked.name()).location() == null) {
            throw new LandfallException(
                    ErrorCode.INVALID_ARGUMENT,
                    "The bucket " + asked.bucket + " has no remote, so there is nothing to " + kind);
        }
        return Json.mapper().valueToTree(new BucketArgs(asked.bucket, asked.under()));
    }

    BucketName name() {
        return new BucketName(bucket == null ? "" : bucket);
    }

    String under() {
        return prefix == null ? "" : prefix;
    }
}
