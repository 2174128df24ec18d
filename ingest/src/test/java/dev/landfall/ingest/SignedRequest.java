package dev.landfall.ingest;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/** A request that the AWS SDK has signed, to be changed before it is sent. */
final class SignedRequest {
    String method;
    String base;
    String target;
    final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    byte[] body;

    private SignedRequest() {}

    /** How a request is signed. */
    record How(String access, String secret, Instant time, Duration presigned, boolean chunked) {
        static final How ADMIN = new How(GuardedNodes.ACCESS, GuardedNodes.SECRET, Instant.now(), null, false);

        How by(String key, String itsSecret) {
            return new How(key, itsSecret, time, presigned, chunked);
        }

        How at(Instant when) {
            return new How(access, secret, when, presigned, chunked);
        }

        How presignedFor(Duration life) {
            return new How(access, secret, time, life, chunked);
        }

        How inChunks() {
            return new How(access, secret, time, presigned, true);
        }
    }

    static SignedRequest of(String method, String url, byte[] body, How how) {
        URI uri = URI.create(url);
        var request =
                SdkHttpRequest.builder().method(SdkHttpMethod.fromValue(method)).uri(uri);
        if (how.presigned() != null) {
            request.protocol("https"); // over http the signer insists on the body's hash
        }
        if (body.length > 0) {
            request.putHeader("Content-Length", Integer.toString(body.length));
        }
        var signed = AwsV4HttpSigner.create().sign(r -> {
            r.identity(AwsCredentialsIdentity.create(how.access(), how.secret()))
                    .request(request.build())
                    .putProperty(AwsV4FamilyHttpSigner.SERVICE_SIGNING_NAME, "s3")
                    .putProperty(AwsV4HttpSigner.REGION_NAME, "eu-west-1")
                    .putProperty(AwsV4FamilyHttpSigner.DOUBLE_URL_ENCODE, false)
                    .putProperty(AwsV4FamilyHttpSigner.NORMALIZE_PATH, false)
                    .putProperty(AwsV4FamilyHttpSigner.CHUNK_ENCODING_ENABLED, how.chunked())
                    .putProperty(HttpSigner.SIGNING_CLOCK, Clock.fixed(how.time(), ZoneOffset.UTC));
            if (how.presigned() != null) {
                r.putProperty(AwsV4FamilyHttpSigner.AUTH_LOCATION, AwsV4FamilyHttpSigner.AuthLocation.QUERY_STRING)
                        .putProperty(AwsV4FamilyHttpSigner.EXPIRATION_DURATION, how.presigned())
                        .putProperty(AwsV4FamilyHttpSigner.PAYLOAD_SIGNING_ENABLED, false);
            }
            if (body.length > 0) {
                r.payload(() -> new ByteArrayInputStream(body));
            }
        });
        var made = new SignedRequest();
        made.method = method;
        URI to = signed.request().getUri();
        made.base = "http://" + to.getAuthority();
        made.target = to.getRawPath() + (to.getRawQuery() == null ? "" : "?" + to.getRawQuery());
        signed.request().headers().forEach((name, values) -> made.headers.put(name, String.join(",", values)));
        made.headers.remove("Content-Length");
        made.body = signed.payload()
                .map(payload -> {
                    try (var in = payload.newStream()) {
                        return in.readAllBytes();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .orElse(new byte[0]);
        return made;
    }

    Http.Reply send() {
        List<String> lines = new ArrayList<>();
        headers.forEach((name, value) -> lines.add(name + ": " + value));
        return Http.send(base + target, method, body, lines.toArray(String[]::new));
    }
}
