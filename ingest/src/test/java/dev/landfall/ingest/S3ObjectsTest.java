package dev.landfall.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.MetadataDirective;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/** The S3 API with the AWS SDK as it comes, at a node that owns only half of the objects. */
class S3ObjectsTest {
    @RegisterExtension
    static final GuardedNodes NODES = new GuardedNodes();

    private static byte[] bytes(int length) {
        var bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static S3Client s3() {
        return NODES.s3();
    }

    private static String bucket() {
        return NODES.bucket();
    }

    private static void put(String name, byte[] body) {
        s3().putObject(r -> r.bucket(bucket()).key(name), RequestBody.fromBytes(body));
    }

    private static byte[] get(String name) {
        return s3().getObjectAsBytes(r -> r.bucket(bucket()).key(name)).asByteArray();
    }

    @Test
    void objectsOfEverySizeComeBackFromEitherOwner() {
        for (int length : new int[] {0, 1, 1024, 1025, 70_000, 3_000_000}) {
            for (TestNode owner : List.of(NODES.one(), NODES.two())) {
                String name = NODES.nameAt(owner, "a b/ü+%&" + length + "-");
                put(name, bytes(length));
                assertThat(get(name)).as(name).isEqualTo(bytes(length));
            }
        }
    }

    @Test
    void everyChecksumIsTaken() {
        for (ChecksumAlgorithm algorithm : List.of(
                ChecksumAlgorithm.CRC32, ChecksumAlgorithm.CRC32_C, ChecksumAlgorithm.SHA1, ChecksumAlgorithm.SHA256)) {
            s3().putObject(
                            r -> r.bucket(bucket()).key("sum").checksumAlgorithm(algorithm),
                            RequestBody.fromBytes(bytes(100_000)));
            assertThat(get("sum")).isEqualTo(bytes(100_000));
        }
    }

    @Test
    void headersMetadataAndRangesAreKept() {
        String name = NODES.nameAt(NODES.two(), "x");
        s3().putObject(
                        r -> r.bucket(bucket())
                                .key(name)
                                .contentType("text/x-test")
                                .metadata(Map.of("colour", "blue")),
                        RequestBody.fromString("0123456789"));

        var head = s3().headObject(r -> r.bucket(bucket()).key(name));
        assertThat(head.contentType()).isEqualTo("text/x-test");
        assertThat(head.metadata()).containsEntry("colour", "blue");
        assertThat(head.contentLength()).isEqualTo(10);
        assertThat(head.eTag()).contains("-");
        assertThat(s3().getObjectAsBytes(r -> r.bucket(bucket()).key(name).range("bytes=2-4"))
                        .asUtf8String())
                .isEqualTo("234");
        var overridden = s3().getObjectAsBytes(r -> r.bucket(bucket())
                        .key(name)
                        .responseContentType("a/b")
                        .responseContentDisposition("attachment"))
                .response();
        assertThat(overridden.contentType()).isEqualTo("a/b");
        assertThat(overridden.contentDisposition()).isEqualTo("attachment");
    }

    @Test
    void conditionsHold() {
        put("c", bytes(5));
        String etag = s3().headObject(r -> r.bucket(bucket()).key("c")).eTag();
        code(412, () -> s3().putObject(r -> r.bucket(bucket()).key("c").ifNoneMatch("*"), RequestBody.fromString("x")));
        code(
                412,
                () -> s3().putObject(
                                r -> r.bucket(bucket()).key("c").ifMatch("\"other\""), RequestBody.fromString("x")));
        code(304, () -> s3().getObjectAsBytes(r -> r.bucket(bucket()).key("c").ifNoneMatch(etag)));
        s3().putObject(r -> r.bucket(bucket()).key("c").ifMatch(etag), RequestBody.fromString("new"));
        assertThat(get("c")).asString().isEqualTo("new");
    }

    @Test
    void copiesGoFromOwnerToOwner() {
        for (TestNode from : List.of(NODES.one(), NODES.two())) {
            for (TestNode to : List.of(NODES.one(), NODES.two())) {
                String source = NODES.nameAt(from, "source ü");
                String target = NODES.nameAt(to, "target");
                s3().putObject(
                                r -> r.bucket(bucket()).key(source).metadata(Map.of("a", "b")),
                                RequestBody.fromBytes(bytes(200_000)));
                s3().copyObject(r -> r.sourceBucket(bucket())
                        .sourceKey(source)
                        .destinationBucket(bucket())
                        .destinationKey(target));
                assertThat(get(target)).isEqualTo(bytes(200_000));
                assertThat(s3().headObject(r -> r.bucket(bucket()).key(target)).metadata())
                        .containsEntry("a", "b");
            }
        }
        put("self", bytes(7));
        code(
                400,
                () -> s3().copyObject(r -> r.sourceBucket(bucket())
                        .sourceKey("self")
                        .destinationBucket(bucket())
                        .destinationKey("self")));
        s3().copyObject(r -> r.sourceBucket(bucket())
                .sourceKey("self")
                .destinationBucket(bucket())
                .destinationKey("self")
                .metadataDirective(MetadataDirective.REPLACE)
                .metadata(Map.of("new", "1")));
        assertThat(s3().headObject(r -> r.bucket(bucket()).key("self")).metadata())
                .containsOnlyKeys("new");
    }

    @Test
    void listingsArePagedSortedAndFolded() {
        for (String name : List.of("a", "b/1", "b/2", "b/c/3", "b0", "c/ü 1", "d+d", "e")) {
            put(name, bytes(1));
        }
        List<String> seen = new ArrayList<>();
        String token = null;
        do {
            String from = token;
            ListObjectsV2Response page = s3().listObjectsV2(
                            r -> r.bucket(bucket()).delimiter("/").maxKeys(2).continuationToken(from));
            assertThat(page.keyCount()).isLessThanOrEqualTo(2);
            List<String> names = new ArrayList<>();
            page.contents().stream().map(S3Object::key).forEach(names::add);
            page.commonPrefixes().stream().map(CommonPrefix::prefix).forEach(names::add);
            seen.addAll(names.stream().sorted().toList());
            token = page.nextContinuationToken();
            assertThat(page.isTruncated()).isEqualTo(token != null);
        } while (token != null);
        assertThat(seen).containsExactly("a", "b/", "b0", "c/", "d+d", "e");

        assertThat(s3().listObjectsV2(r -> r.bucket(bucket()).prefix("b/")).contents())
                .extracting(S3Object::key)
                .containsExactly("b/1", "b/2", "b/c/3");
        assertThat(s3().listObjectsV2(r -> r.bucket(bucket()).startAfter("c/ü 1"))
                        .contents())
                .extracting(S3Object::key)
                .containsExactly("d+d", "e");
        assertThat(s3().listObjectsV2(r -> r.bucket(bucket()).maxKeys(0)).isTruncated())
                .isFalse();
        var first = s3().listObjects(r -> r.bucket(bucket()).delimiter("/").maxKeys(2));
        assertThat(first.nextMarker()).isEqualTo("b/");
        var second = s3().listObjects(
                        r -> r.bucket(bucket()).delimiter("/").marker("b/").maxKeys(2));
        assertThat(second.contents()).extracting(S3Object::key).containsExactly("b0");
        assertThat(second.commonPrefixes()).extracting(CommonPrefix::prefix).containsExactly("c/");
    }

    @Test
    void aPrefixIsFoldedHoweverMuchItHides() {
        for (int i = 0; i < 60; i++) {
            put("much/" + i, bytes(0));
        }
        put("z", bytes(0));
        var page = s3().listObjectsV2(r -> r.bucket(bucket()).delimiter("/").maxKeys(2));
        assertThat(page.commonPrefixes()).extracting(CommonPrefix::prefix).containsExactly("much/");
        assertThat(page.contents()).extracting(S3Object::key).containsExactly("z");
        assertThat(page.isTruncated()).isFalse();
    }

    @Test
    void deletesAreDoneWhenTheyAreAnswered() {
        List<ObjectIdentifier> names = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            put("d" + i, bytes(1));
            names.add(ObjectIdentifier.builder().key("d" + i).build());
        }
        names.add(ObjectIdentifier.builder().key("never-there").build());
        names.add(ObjectIdentifier.builder().key("a/../b").build());
        code(409, () -> s3().deleteBucket(r -> r.bucket(bucket())));

        var reply = s3().deleteObjects(r -> r.bucket(bucket()).delete(d -> d.objects(names)));

        assertThat(reply.deleted()).hasSize(21);
        assertThat(reply.errors()).hasSize(1).allMatch(e -> e.key().equals("a/../b"));
        assertThat(s3().listObjectsV2(r -> r.bucket(bucket())).contents()).isEmpty();
        s3().deleteObject(r -> r.bucket(bucket()).key("d0"));
        s3().deleteBucket(r -> r.bucket(bucket()));
        assertThatThrownBy(() -> s3().headBucket(r -> r.bucket(bucket()))).isInstanceOf(NoSuchBucketException.class);
    }

    @Test
    void bucketsAreThereForAllNodes() {
        assertThat(s3().listBuckets().buckets())
                .anyMatch(b -> b.name().equals(bucket())
                        && b.creationDate().isAfter(Instant.now().minusSeconds(3600))
                        && !b.creationDate().isAfter(Instant.now()));
        assertThat(s3().getBucketLocation(r -> r.bucket(bucket())).locationConstraintAsString())
                .isNullOrEmpty();
        s3().createBucket(r -> r.bucket(bucket()));
        try (S3Client other = GuardedNodes.client(NODES.two().url("/s3"), GuardedNodes.ACCESS, GuardedNodes.SECRET)) {
            other.putObject(r -> r.bucket(bucket()).key("k"), RequestBody.fromString("v"));
            assertThat(other.getObjectAsBytes(r -> r.bucket(bucket()).key("k")).asUtf8String())
                    .isEqualTo("v");
        }
        assertThatThrownBy(() -> get("nothing")).isInstanceOf(NoSuchKeyException.class);
    }

    @Test
    void multipartUploadsLandWholeOnEitherOwner() {
        for (TestNode owner : List.of(NODES.one(), NODES.two())) {
            String name = NODES.nameAt(owner, "multi ü");
            String id = s3().createMultipartUpload(
                            r -> r.bucket(bucket()).key(name).metadata(Map.of("k", "v")))
                    .uploadId();
            List<CompletedPart> parts = new ArrayList<>();
            byte[] big = bytes(5 << 20);
            for (int number = 1; number <= 2; number++) {
                int each = number;
                String etag = s3().uploadPart(
                                r -> r.bucket(bucket()).key(name).uploadId(id).partNumber(each),
                                RequestBody.fromBytes(each == 1 ? big : bytes(10)))
                        .eTag();
                parts.add(CompletedPart.builder().partNumber(number).eTag(etag).build());
            }
            put("source", bytes(100));
            String copied = s3().uploadPartCopy(r -> r.sourceBucket(bucket())
                            .sourceKey("source")
                            .copySourceRange("bytes=10-19")
                            .destinationBucket(bucket())
                            .destinationKey(name)
                            .uploadId(id)
                            .partNumber(2))
                    .copyPartResult()
                    .eTag();
            parts.set(1, CompletedPart.builder().partNumber(2).eTag(copied).build());

            assertThat(s3().listParts(r -> r.bucket(bucket()).key(name).uploadId(id))
                            .parts())
                    .extracting(p -> p.partNumber() + ":" + p.size())
                    .containsExactly("1:" + big.length, "2:10");
            assertThat(s3().listMultipartUploads(r -> r.bucket(bucket())).uploads())
                    .extracting(MultipartUpload::uploadId)
                    .contains(id);
            code(404, () -> get(name));
            code(
                    400,
                    () -> s3().completeMultipartUpload(r -> r.bucket(bucket())
                            .key(name)
                            .uploadId(id)
                            .multipartUpload(m -> m.parts(List.of(CompletedPart.builder()
                                    .partNumber(3)
                                    .eTag("x")
                                    .build())))));
            String etag = s3().completeMultipartUpload(
                            r -> r.bucket(bucket()).key(name).uploadId(id).multipartUpload(m -> m.parts(parts)))
                    .eTag();

            assertThat(etag).endsWith("-2\"");
            byte[] whole = get(name);
            assertThat(Arrays.copyOf(whole, big.length)).isEqualTo(big);
            assertThat(Arrays.copyOfRange(whole, big.length, whole.length))
                    .isEqualTo(Arrays.copyOfRange(bytes(100), 10, 20));
            assertThat(s3().headObject(r -> r.bucket(bucket()).key(name)).metadata())
                    .containsEntry("k", "v");
            String other = s3().createMultipartUpload(r -> r.bucket(bucket()).key(name))
                    .uploadId();
            s3().abortMultipartUpload(r -> r.bucket(bucket()).key(name).uploadId(other));
            code(404, () -> s3().listParts(r -> r.bucket(bucket()).key(name).uploadId(other)));
        }
    }

    @Test
    void whatIsNotOfferedSaysSo() {
        put("x", bytes(1));
        code(501, () -> s3().getBucketAcl(r -> r.bucket(bucket())));
        code(501, () -> s3().getBucketVersioning(r -> r.bucket(bucket())));
        assertThat(s3().getObjectTagging(r -> r.bucket(bucket()).key("x")).tagSet())
                .isEmpty();
        code(404, () -> s3().getObjectTagging(r -> r.bucket(bucket()).key("none")));
        code(501, () -> s3().deleteObjectTagging(r -> r.bucket(bucket()).key("x")));
        code(501, () -> s3().putObject(r -> r.bucket(bucket()).key("x").tagging("a=b"), RequestBody.fromString("x")));
        code(501, () -> s3().getObject(r -> r.bucket(bucket()).key("x").versionId("1")));
        code(501, () -> s3().putBucketPolicy(r -> r.bucket(bucket()).policy("{}")));
    }

    @Test
    void presignedUrlsOfTheSdkAreTaken() throws Exception {
        try (var presigner = GuardedNodes.presigner(NODES.one().ingest.s3Url())) {
            var put = presigner.presignPutObject(r -> r.signatureDuration(Duration.ofMinutes(5))
                    .putObjectRequest(p -> p.bucket(bucket()).key("pre signed").contentType("text/plain")));
            assertThat(Http.put(
                                    put.url().toString(),
                                    "by url",
                                    "Content-Type: text/plain",
                                    "Host: " + put.url().getAuthority())
                            .status())
                    .isEqualTo(200);
            var get = presigner.presignGetObject(r -> r.signatureDuration(Duration.ofMinutes(5))
                    .getObjectRequest(g -> g.bucket(bucket()).key("pre signed").responseContentType("a/b")));
            var reply = Http.get(get.url().toString(), "Host: " + get.url().getAuthority());
            assertThat(reply.text()).isEqualTo("by url");
            assertThat(reply.header("content-type")).isEqualTo("a/b");
        }
    }

    @Test
    void anMd5ThatIsSentIsTheETag() throws Exception {
        byte[] md5 = MessageDigest.getInstance("MD5").digest(bytes(3));
        for (TestNode owner : List.of(NODES.one(), NODES.two())) {
            String name = NODES.nameAt(owner, "m");
            String etag = s3().putObject(
                            r -> r.bucket(bucket())
                                    .key(name)
                                    .contentMD5(Base64.getEncoder().encodeToString(md5)),
                            RequestBody.fromBytes(bytes(3)))
                    .eTag();
            assertThat(etag).isEqualTo('"' + HexFormat.of().formatHex(md5) + '"');
        }
    }

    private static void code(int status, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(S3Exception.class)
                .satisfies(e -> assertThat(((S3Exception) e).statusCode()).isEqualTo(status));
    }
}
