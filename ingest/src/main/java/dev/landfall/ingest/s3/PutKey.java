package dev.landfall.ingest.s3;

import dev.landfall.ingest.http.HttpCall;
import dev.landfall.ingest.objects.Digests;
import dev.landfall.ingest.objects.ObjectHeaders;
import dev.landfall.ingest.objects.PutObject;
import dev.landfall.writeback.PutOutcome;
import dev.landfall.writeback.PutRequest;
import java.util.Map;

/** PutObject. */
record PutKey(PutObject put) implements Operation {
    @Override
    public void run(S3Call call) {
        reply(call.http(), put.put(call.http(), call.key(), request(call)));
    }

    @Override
    public boolean quick(S3Call call) {
        HttpCall http = call.http();
        return http.body().comesInPieces()
                && put.quick(http, call.key(), request(call), outcome -> reply(http, outcome));
    }

    private static PutRequest request(S3Call call) {
        HttpCall http = call.http();
        http.caller().requireWrite(call.bucketName().value());
        Map<String, String> headers = http.headers();
        http.body(Digests.verifying(http.body(), headers));
        return ObjectHeaders.put(http, false, GetKey.META).withEtag(Digests.etag(headers));
    }

    private static void reply(HttpCall http, PutOutcome outcome) {
        http.replyHead(200, 0, Map.of("ETag", '"' + outcome.record().etag() + '"'));
    }
}
