package dev.landfall.ingest.s3;

import dev.landfall.ingest.http.HttpCall;
import dev.landfall.ingest.objects.Digests;
import dev.landfall.ingest.objects.ObjectHeaders;
import dev.landfall.ingest.objects.PutObject;
import dev.landfall.writeback.PutOutcome;
import java.util.Map;

/** PutObject. */
record PutKey(PutObject put) implements Operation {
    @Override
    public void run(S3Call call) {
        HttpCall http = call.http();
        http.caller().requireWrite(call.bucketName().value());
        Map<String, String> headers = http.headers();
        http.body(Digests.verifying(http.body(), headers));
        PutOutcome outcome = put.put(
                http, call.key(), ObjectHeaders.put(http, false, GetKey.META).withEtag(Digests.etag(headers)));
        http.replyHead(200, 0, Map.of("ETag", '"' + outcome.record().etag() + '"'));
    }
}
