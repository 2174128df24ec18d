package dev.landfall.ingest.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.ingest.http.Caller;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The examples of the Amazon S3 API reference, "Authenticating Requests (AWS Signature Version 4)", and what must be refused. */
class SignaturesTest {
    static final String ACCESS = "AKIAIOSFODNN7EXAMPLE";
    static final String SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    private static final String EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private static final Instant TIME = Instant.parse("2013-05-24T00:00:00Z");

    private static Signatures at(Instant now) {
        return new Signatures(
                id -> {
                    if (!id.equals(ACCESS)) {
                        throw LandfallException.of(ErrorCode.INVALID_ACCESS_KEY_ID);
                    }
                    return new Keys.Known(Caller.ANYBODY, SECRET);
                },
                new TimeSource() {
                    @Override
                    public long nanos() {
                        return 0;
                    }

                    @Override
                    public Instant now() {
                        return now;
                    }

                    @Override
                    public void sleep(Duration duration) {}
                });
    }

    private static HttpMessage message(String method, String path, String query, String signature, String... headers) {
        Map<String, String> all = new TreeMap<>();
        all.put("host", "examplebucket.s3.amazonaws.com");
        all.put("x-amz-date", "20130524T000000Z");
        all.put("x-amz-content-sha256", EMPTY);
        for (int i = 0; i < headers.length; i += 2) {
            all.put(headers[i], headers[i + 1]);
        }
        String signed = String.join(";", all.keySet());
        all.put(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=" + ACCESS + "/20130524/us-east-1/s3/aws4_request,SignedHeaders=" + signed
                        + ",Signature=" + signature);
        return new HttpMessage(method, path, HttpMessage.parse(query), all);
    }

    private static final String GET = "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41";
    private static final String PRESIGNED = "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";

    /** At the time of the examples. */
    static Signatures now() {
        return at(TIME);
    }

    static HttpMessage get() {
        return message("GET", "/test.txt", "", GET, "range", "bytes=0-9");
    }

    private static HttpMessage presigned(String path, String signature) {
        return new HttpMessage(
                "GET",
                path,
                HttpMessage.parse(
                        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
                                + "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature="
                                + signature),
                Map.of("host", "examplebucket.s3.amazonaws.com"));
    }

    @Test
    void theExamplesOfTheReferenceHold() {
        assertThat(at(TIME).verify(get())).isNotNull();
        assertThat(at(TIME).verify(message(
                        "PUT",
                        "/test$file.text",
                        "",
                        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
                        "date",
                        "Fri, 24 May 2013 00:00:00 GMT",
                        "x-amz-storage-class",
                        "REDUCED_REDUNDANCY",
                        "x-amz-content-sha256",
                        "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072")))
                .isNotNull();
        assertThat(at(TIME).verify(message(
                        "GET", "/", "lifecycle", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")))
                .isNotNull();
        assertThat(at(TIME).verify(message(
                        "GET",
                        "/",
                        "prefix=J&max-keys=2",
                        "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")))
                .isNotNull();
        assertThat(at(TIME).verify(presigned("/test.txt", PRESIGNED))).isNotNull();
    }

    @Test
    void theSeedOfAChunkedBodyHolds() {
        HttpMessage put = message(
                "PUT",
                "/examplebucket/chunkObject.txt",
                "",
                "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
                "host",
                "s3.amazonaws.com",
                "content-encoding",
                "aws-chunked",
                "content-length",
                "66824",
                "x-amz-content-sha256",
                "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
                "x-amz-decoded-content-length",
                "66560",
                "x-amz-storage-class",
                "REDUCED_REDUNDANCY");

        var signed = at(TIME).verify(put);

        assertThat(signed).isNotNull();
        assertThat(signed.payload()).isEqualTo(new Payload.Chunks(true, false));
    }

    @Test
    void aRequestWithoutASignatureIsNobodys() {
        assertThat(at(TIME).verify(new HttpMessage("GET", "/x", HttpMessage.parse("a=b"), Map.of("host", "h"))))
                .isNull();
    }

    @Test
    void whatWasChangedOnTheWayIsRefused() {
        refused(message("PUT", "/test.txt", "", GET, "range", "bytes=0-9"), ErrorCode.SIGNATURE_DOES_NOT_MATCH);
        refused(message("GET", "/test.tx", "", GET, "range", "bytes=0-9"), ErrorCode.SIGNATURE_DOES_NOT_MATCH);
        refused(message("GET", "/test.txt", "acl", GET, "range", "bytes=0-9"), ErrorCode.SIGNATURE_DOES_NOT_MATCH);
        refused(message("GET", "/test.txt", "", GET, "range", "bytes=0-8"), ErrorCode.SIGNATURE_DOES_NOT_MATCH);
        refused(presigned("/other.txt", PRESIGNED), ErrorCode.SIGNATURE_DOES_NOT_MATCH);
    }

    @Test
    void aHeaderThatSteersMustBeSigned() {
        HttpMessage get = get();
        get.headers().put("x-amz-copy-source", "/other/secret");
        refused(get, ErrorCode.ACCESS_DENIED);
    }

    @Test
    void theTimeMustBeNear() {
        assertThat(at(TIME.plusSeconds(14 * 60)).verify(get())).isNotNull();
        assertThatThrownBy(() -> at(TIME.plusSeconds(16 * 60)).verify(get()))
                .satisfies(code(ErrorCode.REQUEST_TIME_TOO_SKEWED));
        assertThatThrownBy(() -> at(TIME.minusSeconds(16 * 60)).verify(get()))
                .satisfies(code(ErrorCode.REQUEST_TIME_TOO_SKEWED));
        assertThat(at(TIME.plusSeconds(86_399)).verify(presigned("/test.txt", PRESIGNED)))
                .isNotNull();
        assertThatThrownBy(() -> at(TIME.plusSeconds(86_401)).verify(presigned("/test.txt", PRESIGNED)))
                .satisfies(code(ErrorCode.ACCESS_DENIED));
        assertThatThrownBy(() -> at(TIME.minusSeconds(16 * 60)).verify(presigned("/test.txt", PRESIGNED)))
                .satisfies(code(ErrorCode.ACCESS_DENIED));
    }

    @Test
    void malformedSignaturesAreRefused() {
        for (String authorization : new String[] {
            "AWS4-HMAC-SHA256",
            "AWS4-HMAC-SHA256 Credential=x,SignedHeaders=host,Signature=" + GET,
            "AWS4-HMAC-SHA256 Credential=a/20130524/r/s3/aws4_request,SignedHeaders=host,Signature=zz",
            "AWS4-HMAC-SHA256 Credential=a/20130524/r/s3/aws4_request,SignedHeaders=x;host,Signature=" + GET,
            "AWS4-HMAC-SHA256 Credential=a/20130525/r/s3/aws4_request,SignedHeaders=host,Signature=" + GET,
            "AWS4-HMAC-SHA256 Credential=a/20130524/r/sts/aws4_request,SignedHeaders=host,Signature=" + GET,
            "AWS AKIAIOSFODNN7EXAMPLE:frJIUN8DYpKDtOLCwo//yllqDzg=",
        }) {
            HttpMessage get = get();
            get.headers().put("authorization", authorization);
            refused(get, ErrorCode.INVALID_REQUEST);
        }
    }

    private static void refused(HttpMessage message, ErrorCode code) {
        assertThatThrownBy(() -> at(TIME).verify(message)).satisfies(code(code));
    }

    private static org.assertj.core.api.ThrowingConsumer<Throwable> code(ErrorCode code) {
        return e -> assertThat(((LandfallException) e).code()).isEqualTo(code);
    }
}
