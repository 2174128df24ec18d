package dev.landfall.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.ChecksumType;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/** Objects in parts over the S3 API: read part by part, and completed only when all that is said of them is true; at either owner. */
class S3PartsTest {
    @RegisterExtension
    static final GuardedNodes NODES = new GuardedNodes();

    private static final byte[] BIG = bytes(5 << 20);
    private static final byte[] SMALL = bytes(1000);

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

    private record Upload(String name, String id, List<CompletedPart> parts) {
        /** With the checksums of the parts, as SDKs name them. */
        void complete(Consumer<CompleteMultipartUploadRequest.Builder> more) {
            s3().completeMultipartUpload(r -> {
                r.bucket(bucket()).key(name).uploadId(id).multipartUpload(m -> m.parts(parts));
                more.accept(r);
            });
        }

        void refused(String code, Consumer<CompleteMultipartUploadRequest.Builder> more) {
            assertThatThrownBy(() -> complete(more))
                    .isInstanceOf(S3Exception.class)
                    .satisfies(
                            e -> assertThat(((S3Exception) e).awsErrorDetails().errorCode())
                                    .isEqualTo(code));
        }
    }

    private static Upload upload(String name, ChecksumAlgorithm algorithm) {
        String id = s3().createMultipartUpload(r -> r.bucket(bucket()).key(name).checksumAlgorithm(algorithm))
                .uploadId();
        List<CompletedPart> parts = new ArrayList<>();
        for (byte[] body : List.of(BIG, SMALL)) {
            int number = parts.size() + 1;
            UploadPartResponse part = s3().uploadPart(
                            r -> r.bucket(bucket())
                                    .key(name)
                                    .uploadId(id)
                                    .partNumber(number)
                                    .checksumAlgorithm(algorithm),
                            RequestBody.fromBytes(body));
            parts.add(
                    CompletedPart.builder().partNumber(number).eTag(part.eTag()).build());
        }
        return new Upload(name, id, parts);
    }

    @Test
    void partsAreReadOneByOne() {
        for (TestNode owner : List.of(NODES.one(), NODES.two())) {
            String name = NODES.nameAt(owner, "parts");
            upload(name, ChecksumAlgorithm.CRC32).complete(r -> {});

            var first = s3().getObject(r -> r.bucket(bucket()).key(name).partNumber(1));
            assertThat(first.response().partsCount()).isEqualTo(2);
            assertThat(first.response().contentRange()).isEqualTo("bytes 0-5242879/5243880");
            first.abort();
            var second = s3().getObjectAsBytes(r -> r.bucket(bucket()).key(name).partNumber(2));
            assertThat(second.asByteArray()).isEqualTo(SMALL);
            assertThat(s3().headObject(r -> r.bucket(bucket()).key(name).partNumber(2))
                            .contentLength())
                    .isEqualTo(SMALL.length);
            assertThat(s3().headObject(r -> r.bucket(bucket()).key(name)).partsCount())
                    .isNull();
            status(
                    416,
                    () -> s3().getObjectAsBytes(
                                    r -> r.bucket(bucket()).key(name).partNumber(3)));
            status(
                    400,
                    () -> s3().getObjectAsBytes(r ->
                            r.bucket(bucket()).key(name).partNumber(1).range("bytes=0-1")));
        }
    }

    @Test
    void anObjectInOnePieceIsItsFirstPart() {
        for (TestNode owner : List.of(NODES.one(), NODES.two())) {
            for (byte[] body : List.of(SMALL, new byte[0])) {
                String name = NODES.nameAt(owner, "whole" + body.length);
                s3().putObject(r -> r.bucket(bucket()).key(name), RequestBody.fromBytes(body));
                var read =
                        s3().getObjectAsBytes(r -> r.bucket(bucket()).key(name).partNumber(1));
                assertThat(read.asByteArray()).isEqualTo(body);
                assertThat(read.response().partsCount()).isNull();
            }
        }
    }

    @Test
    void theChecksumIsSaidWhenItIsAskedFor() {
        for (TestNode owner : List.of(NODES.one(), NODES.two())) {
            String name = NODES.nameAt(owner, "sum");
            upload(name, ChecksumAlgorithm.CRC32).complete(r -> {});
            var head = s3().headObject(r -> r.bucket(bucket()).key(name).checksumMode(ChecksumMode.ENABLED));
            assertThat(head.checksumCRC32C()).isEqualTo(crc32c(BIG, SMALL));
            assertThat(head.checksumType()).isEqualTo(ChecksumType.FULL_OBJECT);
            assertThat(s3().headObject(r -> r.bucket(bucket()).key(name)).checksumCRC32C())
                    .isNull();
            // the SDK asks, and verifies what it gets
            byte[] whole =
                    s3().getObjectAsBytes(r -> r.bucket(bucket()).key(name)).asByteArray();
            assertThat(Arrays.copyOf(whole, BIG.length)).isEqualTo(BIG);
            assertThat(s3().getObjectAsBytes(r -> r.bucket(bucket()).key(name).range("bytes=5242880-"))
                            .response()
                            .checksumCRC32C())
                    .isNull();
        }
    }

    private static String crc32c(byte[]... pieces) {
        var crc = new java.util.zip.CRC32C();
        Arrays.stream(pieces).forEach(crc::update);
        byte[] value =
                java.nio.ByteBuffer.allocate(4).putInt((int) crc.getValue()).array();
        return java.util.Base64.getEncoder().encodeToString(value);
    }

    @Test
    void aWrongChecksumOfTheObjectIsRefusedAndARightOneIsNot() {
        for (TestNode owner : List.of(NODES.one(), NODES.two())) {
            Upload upload = upload(NODES.nameAt(owner, "full"), ChecksumAlgorithm.CRC32_C);
            String right = crc32c(BIG, SMALL);
            upload.refused(
                    "BadDigest", r -> r.checksumType(ChecksumType.FULL_OBJECT).checksumCRC32C(crc32c(SMALL, BIG)));
            upload.refused(
                    "InvalidRequest",
                    r -> r.checksumType(ChecksumType.FULL_OBJECT).checksumCRC32("AAAAAA=="));
            upload.refused("InvalidRequest", r -> r.mpuObjectSize(1L));
            upload.refused(
                    "BadDigest", r -> r.checksumType(ChecksumType.COMPOSITE).checksumCRC32C("AAAAAA==-2"));
            status(404, () -> s3().headObject(r -> r.bucket(bucket()).key(upload.name())));

            upload.complete(r -> r.checksumType(ChecksumType.FULL_OBJECT)
                    .checksumCRC32C(right)
                    .mpuObjectSize((long) BIG.length + SMALL.length));
            // and once more, as after a reply that was lost
            upload.complete(r -> r.checksumType(ChecksumType.FULL_OBJECT).checksumCRC32C(right));
        }
    }

    @Test
    void theChecksumOfTheChecksumsIsTaken() throws Exception {
        Upload upload = upload(NODES.nameAt(NODES.two(), "composite"), ChecksumAlgorithm.SHA256);
        var sha = java.security.MessageDigest.getInstance("SHA-256");
        byte[] first = sha.digest(BIG);
        byte[] second = sha.digest(SMALL);
        sha.update(first);
        String right = java.util.Base64.getEncoder().encodeToString(sha.digest(second)) + "-2";
        upload.refused("BadDigest", r -> r.checksumSHA256(right.replace("-2", "-3")));
        upload.refused("InvalidRequest", r -> r.checksumSHA256(right).checksumType(ChecksumType.FULL_OBJECT));
        String of = java.util.Base64.getEncoder().encodeToString(second);
        CompletedPart wrong =
                upload.parts().getFirst().toBuilder().checksumSHA256(of).build();
        upload.refused(
                "InvalidPart",
                r -> r.multipartUpload(m -> m.parts(wrong, upload.parts().getLast())));

        upload.complete(r -> r.checksumSHA256(right));
    }

    private static void status(int status, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(S3Exception.class)
                .satisfies(e -> assertThat(((S3Exception) e).statusCode()).isEqualTo(status));
    }
}
