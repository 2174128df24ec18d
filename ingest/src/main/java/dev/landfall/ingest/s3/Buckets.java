package dev.landfall.ingest.s3;

import dev.landfall.ingest.admin.BucketRoutes;
import dev.landfall.ingest.http.Caller;
import dev.landfall.model.AccessPolicy;
import dev.landfall.model.BucketName;
import dev.landfall.model.BucketSpec;
import dev.landfall.placement.Cluster;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/** ListBuckets, CreateBucket, HeadBucket, DeleteBucket and GetBucketLocation. */
record Buckets(Cluster cluster, BucketRoutes buckets) {
    static final String REGION = "us-east-1";
    private static final int MAX_BODY = 64 << 10;
    /** Of buckets that an older release made: clients want to read something. */
    private static final String UNKNOWN = ListKeys.time(Instant.EPOCH);

    /** Those that the caller may read. */
    void list(S3Call call) {
        Caller caller = call.http().caller();
        AccessPolicy policy = caller.policy();
        Xml xml = Xml.document("ListAllMyBucketsResult", Xml.S3)
                .open("Owner")
                .text("ID", "landfall")
                .close();
        xml.open("Buckets");
        new TreeMap<>(cluster.view().buckets()).forEach((name, spec) -> {
            if (policy.mayRead(name)) {
                Instant created = spec.created();
                xml.open("Bucket")
                        .text("Name", name)
                        .text("CreationDate", created == null ? UNKNOWN : ListKeys.time(created))
                        .close();
            }
        });
        call.reply(xml);
    }

    /** A bucket without a remote. One that is there already stays as it is. */
    void create(S3Call call) {
        BucketName name = call.bucketName();
        call.http().caller().requireWrite(name.value());
        byte[] body = call.http().body(MAX_BODY);
        if (body.length > 0) {
            XmlTree.parse(body, "CreateBucketConfiguration"); // there is one place only, wherever it is asked for
        }
        buckets.create(name, BucketSpec.local());
        call.http().replyHead(200, 0, Map.of("Location", "/" + name));
    }

    void head(S3Call call) {
        BucketName name = call.bucketName();
        call.http().caller().requireRead(name.value());
        cluster.view().bucket(name);
        call.http().replyHead(200, 0, Map.of("x-amz-bucket-region", REGION));
    }

    void delete(S3Call call) {
        BucketName name = call.bucketName();
        call.http().caller().requireWrite(name.value());
        buckets.remove(call.http(), name);
        call.http().replyHead(204, -1, Map.of());
    }

    /** Empty, which is how S3 says {@link #REGION}. */
    void location(S3Call call) {
        BucketName name = call.bucketName();
        call.http().caller().requireRead(name.value());
        cluster.view().bucket(name);
        call.reply(Xml.document("LocationConstraint", Xml.S3));
    }
}
