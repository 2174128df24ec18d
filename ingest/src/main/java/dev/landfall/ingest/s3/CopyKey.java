package dev.landfall.ingest.s3;

import dev.landfall.ingest.http.HttpCall;
import dev.landfall.ingest.objects.ObjectHeaders;
import dev.landfall.ingest.objects.Objects;
import dev.landfall.ingest.objects.PutObject;
import dev.landfall.ingest.objects.ReadObject;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.writeback.PutOutcome;
import dev.landfall.writeback.PutRequest;

/** CopyObject: from wherever the source is to wherever the copy belongs. */
record CopyKey(Objects objects, PutObject put) implements Operation {
    @Override
    public void run(S3Call call) {
        HttpCall http = call.http();
        http.caller().requireWrite(call.bucketName().value());
        ObjectKey source = CopySource.of(call);
        boolean replace = replaces(call.header("x-amz-metadata-directive"));
        if (!replace && source.equals(call.key())) {
            throw new LandfallException(
                    ErrorCode.INVALID_REQUEST,
                    "A copy onto itself changes nothing; send x-amz-metadata-directive: REPLACE with new metadata");
        }
        try (ReadObject.Opened opened = ReadObject.open(objects, http, source, null)) {
            CopySource.check(call, opened);
            http.body(opened);
            PutRequest asked = ObjectHeaders.put(http, false, GetKey.META);
            PutOutcome outcome = put.put(http, call.key(), replace ? asked : opened.describe(asked));
            call.reply(Xml.document("CopyObjectResult", Xml.S3)
                    .text("LastModified", ListKeys.time(outcome.record().modified()))
                    .text("ETag", '"' + outcome.record().etag() + '"'));
        }
    }

    private static boolean replaces(@org.jspecify.annotations.Nullable String directive) {
        return switch (directive == null ? "COPY" : directive) {
            case "COPY" -> false;
            case "REPLACE" -> true;
            default ->
                throw new LandfallException(ErrorCode.INVALID_ARGUMENT, "x-amz-metadata-directive is COPY or REPLACE");
        };
    }
}
