package dev.landfall.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landfall.ingest.SignedRequest.How;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** What the S3 API refuses, and that nothing has changed then; signed by the AWS SDK and changed on the way. */
class S3RefusalsTest {
    @RegisterExtension
    static final GuardedNodes NODES = new GuardedNodes();

    private static final byte[] BODY = "x".repeat(200_000).getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NONE = new byte[0];

    private String here;
    private String there;

    @BeforeEach
    void names() {
        here = url(NODES.nameAt(NODES.one(), "o"));
        there = url(NODES.nameAt(NODES.two(), "o"));
    }

    private static String url(String name) {
        return NODES.one().ingest.s3Url() + "/" + NODES.bucket() + "/" + name;
    }

    private static void refused(SignedRequest request, int status, String code) {
        Http.Reply reply = request.send();
        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        assertThat(reply.text()).contains("<Code>" + code + "</Code>");
    }

    private void nothingIsThere() {
        assertThat(SignedRequest.of("HEAD", here, NONE, How.ADMIN).send().status())
                .isEqualTo(404);
        assertThat(SignedRequest.of("HEAD", there, NONE, How.ADMIN).send().status())
                .isEqualTo(404);
    }

    @Test
    void whatIsRightIsTaken() {
        for (String url : new String[] {here, there}) {
            assertThat(SignedRequest.of("PUT", url, BODY, How.ADMIN).send().status())
                    .isEqualTo(200);
            assertThat(SignedRequest.of("PUT", url, BODY, How.ADMIN.inChunks())
                            .send()
                            .status())
                    .isEqualTo(200);
            How presigned = How.ADMIN.presignedFor(Duration.ofMinutes(1));
            assertThat(SignedRequest.of("PUT", url, BODY, presigned).send().status())
                    .isEqualTo(200);
            assertThat(SignedRequest.of("GET", url, NONE, presigned).send().body())
                    .isEqualTo(BODY);
        }
    }

    @Test
    void aWrongSecret() {
        refused(
                SignedRequest.of("PUT", here, BODY, How.ADMIN.by(GuardedNodes.ACCESS, "a wrong secret")),
                403,
                "SignatureDoesNotMatch");
        nothingIsThere();
    }

    @Test
    void anUnknownKey() {
        refused(
                SignedRequest.of("PUT", here, BODY, How.ADMIN.by("nobody", GuardedNodes.SECRET)),
                403,
                "InvalidAccessKeyId");
        nothingIsThere();
    }

    @Test
    void aChangedHeader() {
        var request = SignedRequest.of("PUT", here, BODY, How.ADMIN);
        How later = How.ADMIN.at(How.ADMIN.time().plusSeconds(7));
        String otherTime = SignedRequest.of("PUT", here, BODY, later).headers.get("x-amz-date");
        request.headers.put("x-amz-date", otherTime);
        refused(request, 403, "SignatureDoesNotMatch");
        var added = SignedRequest.of("PUT", here, BODY, How.ADMIN);
        added.headers.put("x-amz-meta-added", "1");
        refused(added, 403, "AccessDenied");
        nothingIsThere();
    }

    @Test
    void aChangedQuery() {
        var request = SignedRequest.of("GET", url("") + "?prefix=a", NONE, How.ADMIN);
        request.target = request.target.replace("prefix=a", "prefix=");
        refused(request, 403, "SignatureDoesNotMatch");
    }

    @Test
    void aChangedPath() {
        var request = SignedRequest.of("PUT", here, BODY, How.ADMIN);
        request.target += "x";
        refused(request, 403, "SignatureDoesNotMatch");
        nothingIsThere();
    }

    @Test
    void aChangedBody() {
        for (String url : new String[] {here, there}) {
            var request = SignedRequest.of("PUT", url, BODY, How.ADMIN);
            request.body[BODY.length - 1]++;
            refused(request, 400, "BadDigest");
        }
        nothingIsThere();
    }

    @Test
    void aPresignedUrlAfterItsTime() {
        How old = How.ADMIN.at(Instant.now().minusSeconds(120)).presignedFor(Duration.ofMinutes(1));
        refused(SignedRequest.of("PUT", here, BODY, old), 403, "AccessDenied");
        nothingIsThere();
    }

    @Test
    void aClockThatIsOff() {
        for (int minutes : new int[] {-16, 16}) {
            refused(
                    SignedRequest.of(
                            "PUT", here, BODY, How.ADMIN.at(Instant.now().plusSeconds(60 * minutes))),
                    403,
                    "RequestTimeTooSkewed");
        }
        nothingIsThere();
    }

    @Test
    void aWrongChunkSignatureInTheMiddle() {
        for (String url : new String[] {here, there}) {
            var request = SignedRequest.of("PUT", url, BODY, How.ADMIN.inChunks());
            String text = new String(request.body, StandardCharsets.ISO_8859_1);
            int second = text.indexOf("chunk-signature=", text.indexOf("chunk-signature=") + 1) + 20;
            request.body[second] = (byte) (request.body[second] == 'a' ? 'b' : 'a');
            refused(request, 403, "SignatureDoesNotMatch");
            var changed = SignedRequest.of("PUT", url, BODY, How.ADMIN.inChunks());
            changed.body[changed.body.length / 2] ^= 1;
            refused(changed, 403, "SignatureDoesNotMatch");
        }
        nothingIsThere();
    }

    @Test
    void aWrongChecksum() {
        for (String url : new String[] {here, there}) {
            for (String header :
                    new String[] {"Content-MD5: 1B2M2Y8AsgTpgAmY7PhCfg==", "x-amz-checksum-crc32: AAAAAA=="}) {
                How presigned = How.ADMIN.presignedFor(Duration.ofMinutes(1));
                var request = SignedRequest.of("PUT", url, BODY, presigned);
                request.headers.put(header.split(": ")[0], header.split(": ")[1]);
                boolean signed = !header.startsWith("x-amz");
                refused(request, signed ? 400 : 403, signed ? "BadDigest" : "AccessDenied");
            }
        }
        nothingIsThere();
    }

    @Test
    void anotherBucketsPolicy() {
        Http.Reply made = Http.send(
                NODES.two().url("/api/v1/keys"),
                "POST",
                ("{\"write\":[\"" + NODES.bucket() + "\"],\"read\":[\"readable\"]}").getBytes(StandardCharsets.UTF_8),
                GuardedNodes.bearer(GuardedNodes.ACCESS, GuardedNodes.SECRET));
        assertThat(made.status()).as(made.text()).isEqualTo(200);
        JsonNode key = made.json();
        String secret = key.path("secretKey").asText();
        How limited = How.ADMIN.by(key.path("accessKey").asText(), secret);
        String s3 = NODES.one().ingest.s3Url();

        assertThat(NODES.one().cluster.view().toString()).doesNotContain(secret);
        assertThat(SignedRequest.of("PUT", here, BODY, limited).send().status()).isEqualTo(200);
        assertThat(SignedRequest.of("DELETE", here, NONE, limited).send().status())
                .isEqualTo(204);
        refused(SignedRequest.of("PUT", s3 + "/other-bucket", NONE, limited), 403, "AccessDenied");
        refused(SignedRequest.of("GET", s3 + "/other-bucket/x", NONE, limited), 403, "AccessDenied");
        refused(SignedRequest.of("GET", s3 + "/other-bucket", NONE, limited), 403, "AccessDenied");
        refused(SignedRequest.of("PUT", s3 + "/readable/x", BODY, limited), 403, "AccessDenied");
        try (S3Client client = GuardedNodes.client(s3, key.path("accessKey").asText(), secret)) {
            assertThatThrownBy(() -> client.copyObject(r -> r.sourceBucket("other-bucket")
                            .sourceKey("x")
                            .destinationBucket(NODES.bucket())
                            .destinationKey("stolen")))
                    .isInstanceOf(S3Exception.class)
                    .satisfies(e -> assertThat(((S3Exception) e).statusCode()).isEqualTo(403));
        }
        String bearer = GuardedNodes.bearer(key.path("accessKey").asText(), secret);
        assertThat(Http.get(NODES.one().url("/api/v1/objects/other-bucket"), bearer)
                        .code())
                .isEqualTo("AccessDenied");
        assertThat(Http.get(NODES.one().url("/api/v1/keys"), bearer).code()).isEqualTo("AccessDenied");
        assertThat(Http.get(NODES.one().url("/api/v1/objects/" + NODES.bucket()), bearer)
                        .status())
                .isEqualTo(200);
        Http.Reply removed = Http.send(
                NODES.one().url("/api/v1/keys/" + key.path("accessKey").asText()),
                "DELETE",
                null,
                GuardedNodes.bearer(GuardedNodes.ACCESS, GuardedNodes.SECRET));
        assertThat(removed.status()).isEqualTo(204);
        refused(SignedRequest.of("PUT", here, BODY, limited), 403, "InvalidAccessKeyId");
        nothingIsThere();
    }

    @Test
    void anybodyWithoutCredentials() {
        for (String method : new String[] {"GET", "PUT", "DELETE"}) {
            Http.Reply reply = Http.send(here, method, NONE);
            assertThat(reply.status()).isEqualTo(403);
            assertThat(reply.text()).contains("<Code>AccessDenied</Code>");
        }
        nothingIsThere();
    }

    @Test
    void anybodyMayOnlyReadWhatIsMeantForAll() {
        String open = NODES.one().ingest.s3Url() + "/" + GuardedNodes.PUBLIC;
        assertThat(SignedRequest.of("PUT", open, NONE, How.ADMIN).send().status())
                .isEqualTo(200);
        assertThat(SignedRequest.of("PUT", open + "/x", BODY, How.ADMIN).send().status())
                .isEqualTo(200);
        assertThat(Http.get(open + "/x").body()).isEqualTo(BODY);
        assertThat(Http.get(open).text()).contains("<Key>x</Key>");
        assertThat(Http.put(open + "/x", "changed").status()).isEqualTo(403);
        assertThat(Http.get(NODES.one().ingest.s3Url() + "/").status()).isEqualTo(403);
    }

    @Test
    void documentsWithEntities() {
        byte[] xml = "<!DOCTYPE d [<!ENTITY e \"x\">]><Delete><Object><Key>&e;</Key></Object></Delete>"
                .getBytes(StandardCharsets.UTF_8);
        refused(SignedRequest.of("POST", url("") + "?delete", xml, How.ADMIN), 400, "MalformedXML");
        byte[] other = "<Delete><Object>".getBytes(StandardCharsets.UTF_8);
        refused(SignedRequest.of("POST", url("") + "?delete", other, How.ADMIN), 400, "MalformedXML");
    }

    @Test
    void headersPutIntoAReply() {
        assertThat(SignedRequest.of("PUT", here, BODY, How.ADMIN).send().status())
                .isEqualTo(200);
        refused(
                SignedRequest.of("GET", here + "?response-content-type=a%0D%0AX-Evil%3A%201", NONE, How.ADMIN),
                400,
                "InvalidArgument");
        SignedRequest.of("DELETE", here, NONE, How.ADMIN).send();
    }
}
