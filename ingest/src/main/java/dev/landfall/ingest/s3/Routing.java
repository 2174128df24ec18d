package dev.landfall.ingest.s3;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which operation a request is. A request with a parameter or header that asks for something else than the operation does is not that
 * operation: S3 grows by parameters, and a server that passes over one answers the wrong question.
 */
final class Routing {
    /** Operations by their names in the S3 API reference. */
    enum Name {
        ListBuckets,
        CreateBucket,
        HeadBucket,
        DeleteBucket,
        GetBucketLocation,
        ListObjects,
        ListObjectsV2,
        DeleteObjects,
        GetObject,
        GetObjectTagging,
        HeadObject,
        PutObject,
        CopyObject,
        DeleteObject,
        CreateMultipartUpload,
        UploadPart,
        UploadPartCopy,
        CompleteMultipartUpload,
        AbortMultipartUpload,
        ListParts,
        ListMultipartUploads
    }

    private static final Set<String> LISTING = Set.of("prefix", "delimiter", "max-keys", "encoding-type");
    private static final Set<String> RESPONSE = Set.of(
            "response-content-type",
            "response-content-language",
            "response-expires",
            "response-cache-control",
            "response-content-disposition",
            "response-content-encoding");

    private static final Map<Name, Set<String>> PARAMETERS = Map.ofEntries(
            Map.entry(Name.ListBuckets, Set.of()),
            Map.entry(Name.CreateBucket, Set.of()),
            Map.entry(Name.HeadBucket, Set.of()),
            Map.entry(Name.DeleteBucket, Set.of()),
            Map.entry(Name.GetBucketLocation, Set.of("location")),
            Map.entry(Name.ListObjects, union(LISTING, Set.of("marker"))),
            Map.entry(
                    Name.ListObjectsV2,
                    union(LISTING, Set.of("list-type", "continuation-token", "start-after", "fetch-owner"))),
            Map.entry(Name.DeleteObjects, Set.of("delete")),
            Map.entry(Name.GetObject, union(RESPONSE, Set.of("partNumber"))),
            Map.entry(Name.GetObjectTagging, Set.of("tagging")),
            Map.entry(Name.HeadObject, union(RESPONSE, Set.of("partNumber"))),
            Map.entry(Name.PutObject, Set.of()),
            Map.entry(Name.CopyObject, Set.of()),
            Map.entry(Name.DeleteObject, Set.of()),
            Map.entry(Name.CreateMultipartUpload, Set.of("uploads")),
            Map.entry(Name.UploadPart, Set.of("uploadId", "partNumber")),
            Map.entry(Name.UploadPartCopy, Set.of("uploadId", "partNumber")),
            Map.entry(Name.CompleteMultipartUpload, Set.of("uploadId")),
            Map.entry(Name.AbortMultipartUpload, Set.of("uploadId")),
            Map.entry(Name.ListParts, Set.of("uploadId", "max-parts", "part-number-marker", "encoding-type")),
            Map.entry(
                    Name.ListMultipartUploads,
                    union(LISTING, Set.of("uploads", "max-uploads", "key-marker", "upload-id-marker"))));

    /** What asks for something that is not done. */
    private static final Set<String> REFUSED_HEADERS = Set.of(
            "x-amz-tagging",
            "x-amz-website-redirect-location",
            "x-amz-write-offset-bytes",
            "x-amz-rename-source",
            "x-amz-expected-bucket-owner",
            "x-amz-source-expected-bucket-owner",
            "x-amz-mfa",
            "x-amz-bypass-governance-retention",
            "x-amz-bucket-object-lock-enabled",
            "x-amz-object-ownership",
            "x-amz-if-match-last-modified-time",
            "x-amz-if-match-size");

    private static final Set<String> REFUSED_PREFIXES = Set.of(
            "x-amz-server-side-encryption",
            "x-amz-copy-source-server-side-encryption",
            "x-amz-object-lock-",
            "x-amz-grant-");

    private static final Set<String> PLAIN_ACLS = Set.of("private", "bucket-owner-full-control", "bucket-owner-read");

    private Routing() {}

    /** @throws LandfallException {@code NOT_IMPLEMENTED} with what is not offered */
    static Name of(S3Call call, Set<String> parameters) {
        Name name = name(call, parameters);
        if (name == null) {
            throw notOffered("This operation is not offered: " + call.http().method() + " with " + parameters);
        }
        Set<String> allowed = PARAMETERS.getOrDefault(name, Set.of());
        var strange = new TreeSet<String>();
        for (String parameter : parameters) {
            if (!allowed.contains(parameter) && !parameter.startsWith("X-Amz-") && !parameter.equals("x-id")) {
                strange.add(parameter);
            }
        }
        if (!strange.isEmpty()) {
            throw notOffered(name + " is not offered with " + strange);
        }
        String id = call.query("x-id");
        if (id != null && !id.equals(name.name())) {
            throw notOffered(id.matches("[A-Za-z]{1,60}") ? id + " is not offered" : "This x-id is not offered");
        }
        call.http().headersWith("x-amz-").forEach((rest, value) -> checkHeader("x-amz-" + rest, value));
        return name;
    }

    private static void checkHeader(String name, String value) {
        boolean acl = name.equals("x-amz-acl") && !PLAIN_ACLS.contains(value);
        boolean storage = name.equals("x-amz-storage-class") && !value.equals("STANDARD");
        boolean directive = name.equals("x-amz-tagging-directive")
                && !value.toUpperCase(Locale.ROOT).equals("COPY");
        if (acl
                || storage
                || directive
                || REFUSED_HEADERS.contains(name)
                || REFUSED_PREFIXES.stream().anyMatch(name::startsWith)) {
            throw notOffered("The header " + name + " is not offered with this value");
        }
    }

    private static @Nullable Name name(S3Call call, Set<String> parameters) {
        String method = call.http().method();
        if (call.bucket().isEmpty()) {
            return method.equals("GET") ? Name.ListBuckets : null;
        }
        return call.name().isEmpty() ? ofBucket(method, call, parameters) : ofObject(method, call, parameters);
    }

    private static @Nullable Name ofBucket(String method, S3Call call, Set<String> parameters) {
        return switch (method) {
            case "GET" ->
                parameters.contains("location")
                        ? Name.GetBucketLocation
                        : parameters.contains("uploads")
                                ? Name.ListMultipartUploads
                                : "2".equals(call.query("list-type")) ? Name.ListObjectsV2 : Name.ListObjects;
            case "HEAD" -> Name.HeadBucket;
            case "PUT" -> Name.CreateBucket;
            case "DELETE" -> Name.DeleteBucket;
            case "POST" -> parameters.contains("delete") ? Name.DeleteObjects : null;
            default -> null;
        };
    }

    private static @Nullable Name ofObject(String method, S3Call call, Set<String> parameters) {
        boolean upload = parameters.contains("uploadId");
        boolean copy = call.header("x-amz-copy-source") != null;
        return switch (method) {
            case "GET" ->
                upload ? Name.ListParts : parameters.contains("tagging") ? Name.GetObjectTagging : Name.GetObject;
            case "HEAD" -> Name.HeadObject;
            case "PUT" ->
                upload ? copy ? Name.UploadPartCopy : Name.UploadPart : copy ? Name.CopyObject : Name.PutObject;
            case "DELETE" -> upload ? Name.AbortMultipartUpload : Name.DeleteObject;
            case "POST" ->
                parameters.contains("uploads")
                        ? Name.CreateMultipartUpload
                        : upload ? Name.CompleteMultipartUpload : null;
            default -> null;
        };
    }

    private static Set<String> union(Set<String> one, Set<String> other) {
        var both = new TreeSet<>(one);
        both.addAll(other);
        return Set.copyOf(both);
    }

    private static LandfallException notOffered(String what) {
        return new LandfallException(ErrorCode.NOT_IMPLEMENTED, what + "; docs/s3.md lists what is");
    }
}
