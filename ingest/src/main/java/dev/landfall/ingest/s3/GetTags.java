package dev.landfall.ingest.s3;

import dev.landfall.ingest.objects.Objects;
import dev.landfall.ingest.objects.ReadObject;

/** GetObjectTagging: objects have no tags. The AWS command line asks before it copies an object in parts. */
record GetTags(Objects objects) implements Operation {
    @Override
    public void run(S3Call call) {
        call.http().caller().requireRead(call.bucketName().value());
        ReadObject.requireThere(objects, call.http(), call.key());
        call.reply(Xml.document("Tagging", Xml.S3).open("TagSet").close());
    }
}
