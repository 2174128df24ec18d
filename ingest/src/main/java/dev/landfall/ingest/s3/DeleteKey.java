package dev.landfall.ingest.s3;

import dev.landfall.ingest.objects.DeleteObject;
import dev.landfall.ingest.objects.ObjectHeaders;
import java.util.Map;

/** DeleteObject: 204, whether there was an object or not. */
record DeleteKey(DeleteObject delete) implements Operation {
    @Override
    public void run(S3Call call) {
        call.http().caller().requireWrite(call.bucketName().value());
        delete.delete(call.http(), call.key(), ObjectHeaders.delete(call.http(), false));
        call.http().replyHead(204, -1, Map.of());
    }
}
