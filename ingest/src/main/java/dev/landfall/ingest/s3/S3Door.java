package dev.landfall.ingest.s3;

import dev.landfall.ingest.admin.BucketRoutes;
import dev.landfall.ingest.http.HttpCall;
import dev.landfall.ingest.http.Percent;
import dev.landfall.ingest.http.RouteTable;
import dev.landfall.ingest.objects.DeleteObject;
import dev.landfall.ingest.objects.GetObject;
import dev.landfall.ingest.objects.ListObjects;
import dev.landfall.ingest.objects.MultipartObjects;
import dev.landfall.ingest.objects.Objects;
import dev.landfall.ingest.objects.PutObject;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.placement.Cluster;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The S3 API, path style. The caller is known when a call gets here; what it may do is decided by each operation's bucket. */
public final class S3Door implements RouteTable.QuickEndpoint {
    private record Wanted(Operation operation, S3Call call) {}

    private final String prefix;
    private final Map<Routing.Name, Operation> operations;

    private S3Door(String prefix, Map<Routing.Name, Operation> operations) {
        this.prefix = prefix;
        this.operations = operations;
    }

    /**
     * @param prefix of the paths; empty at the root of a port
     * @param put and the others: the operations on objects of the front door
     */
    public static S3Door at(
            String prefix,
            Cluster cluster,
            BucketRoutes buckets,
            Objects objects,
            ListObjects list,
            PutObject put,
            GetObject get,
            DeleteObject delete,
            MultipartObjects uploads) {
        Map<Routing.Name, Operation> all = new EnumMap<>(Routing.Name.class);
        var bucketOperations = new Buckets(cluster, buckets);
        all.put(Routing.Name.ListBuckets, bucketOperations::list);
        all.put(Routing.Name.CreateBucket, bucketOperations::create);
        all.put(Routing.Name.HeadBucket, bucketOperations::head);
        all.put(Routing.Name.DeleteBucket, bucketOperations::delete);
        all.put(Routing.Name.GetBucketLocation, bucketOperations::location);
        all.put(Routing.Name.ListObjects, new ListKeys(cluster, list, false));
        all.put(Routing.Name.ListObjectsV2, new ListKeys(cluster, list, true));
        all.put(Routing.Name.DeleteObjects, new DeleteKeys(cluster, delete));
        var getKey = new GetKey(get);
        all.put(Routing.Name.GetObject, getKey);
        all.put(Routing.Name.HeadObject, getKey);
        all.put(Routing.Name.GetObjectTagging, new GetTags(objects));
        all.put(Routing.Name.PutObject, new PutKey(put));
        all.put(Routing.Name.CopyObject, new CopyKey(objects, put));
        all.put(Routing.Name.DeleteObject, new DeleteKey(delete));
        var multipart = new Multipart(objects, uploads);
        all.put(Routing.Name.CreateMultipartUpload, multipart::create);
        all.put(Routing.Name.UploadPart, multipart::part);
        all.put(Routing.Name.UploadPartCopy, multipart::partCopy);
        all.put(Routing.Name.CompleteMultipartUpload, multipart::complete);
        all.put(Routing.Name.AbortMultipartUpload, multipart::abort);
        all.put(Routing.Name.ListParts, multipart::parts);
        all.put(Routing.Name.ListMultipartUploads, multipart::list);
        return new S3Door(prefix, all);
    }

    /** The operations that there are, by their names in the S3 API reference. */
    public static Set<String> offered() {
        return Arrays.stream(Routing.Name.values()).map(Enum::name).collect(Collectors.toUnmodifiableSet());
    }

    public void addTo(RouteTable routes) {
        routes.endpoint("*", prefix + "/{rest...}", this);
        if (!prefix.isEmpty()) {
            routes.endpoint("*", prefix, this);
        }
    }

    @Override
    public void handle(HttpCall http) throws Exception {
        Wanted wanted = wanted(http);
        wanted.operation.run(wanted.call);
    }

    @Override
    public boolean quick(HttpCall http) throws Exception {
        Wanted wanted = wanted(http);
        return wanted.operation.quick(wanted.call);
    }

    private Wanted wanted(HttpCall http) {
        http.replyHeader("x-amz-request-id", http.requestId());
        String path = http.rawPath().substring(prefix.length());
        int start = Math.min(1, path.length());
        int slash = path.indexOf('/', start);
        String bucket = Percent.decode(path.substring(start, slash < 0 ? path.length() : slash));
        String name = slash < 0 ? "" : Percent.decode(path.substring(slash + 1));
        if (!bucket.isEmpty()) {
            http.subject(name.isEmpty() ? bucket : bucket + "/" + name);
        }
        admit(http, bucket);
        var call = new S3Call(http, bucket, name);
        Routing.Name wanted = Routing.of(call, parameters(http.rawQuery()));
        Operation operation = operations.get(wanted);
        if (operation == null) {
            throw new LandfallException(
                    ErrorCode.NOT_IMPLEMENTED, wanted + " is not offered; docs/s3.md lists what is");
        }
        return new Wanted(operation, call);
    }

    /** Whoever may not touch the bucket does not get to know what the server offers. */
    private static void admit(HttpCall http, String bucket) {
        boolean reads = http.method().equals("GET") || http.method().equals("HEAD");
        if (!reads) {
            http.caller().requireWrite(bucket);
        } else if (!bucket.isEmpty()) {
            http.caller().requireRead(bucket);
        } else if (!http.caller().known()) {
            throw LandfallException.of(ErrorCode.ACCESS_DENIED);
        }
    }

    private static Set<String> parameters(String query) {
        var names = new TreeSet<String>();
        for (String parameter : query.split("&")) {
            int equals = parameter.indexOf('=');
            if (!parameter.isEmpty()) {
                names.add(Percent.decode(equals < 0 ? parameter : parameter.substring(0, equals)));
            }
        }
        return names;
    }
}
