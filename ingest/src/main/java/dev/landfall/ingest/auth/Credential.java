package dev.landfall.ingest.auth;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a signed request says of its signature.
 *
 * @param service what it was signed for: one of {@link #SERVICES}
 * @param time as text, {@code yyyyMMdd'T'HHmmss'Z'}
 * @param expires seconds that a presigned URL lives; -1 for a signature in a header
 * @param payload as {@link Payload#parse} reads it
 */
record Credential(
        String accessKey,
        String date,
        String region,
        String service,
        List<String> signedHeaders,
        String signature,
        String time,
        long expires,
        String payload) {
    static final String ALGORITHM = "AWS4-HMAC-SHA256";
    static final String S3 = "s3";
    /** The names that SDKs sign operations of S3 with: some of those that are not offered here have one of their own. */
    private static final Set<String> SERVICES = Set.of(S3, "s3express", "s3-object-lambda");

    private static final Pattern SIGNATURE = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,7}");
    private static final int MOST_SECONDS = 7 * 24 * 3600;

    String scope() {
        return date + "/" + region + "/" + service + "/aws4_request";
    }

    boolean presigned() {
        return expires >= 0;
    }

    /** Null when the request is not signed. @throws LandfallException {@code INVALID_REQUEST} for one that is signed in a wrong form */
    static @Nullable Credential of(HttpMessage message) {
        String header = message.header("authorization");
        boolean inHeader = header != null && header.startsWith(ALGORITHM);
        boolean inQuery = message.parameter("X-Amz-Algorithm") != null || message.parameter("X-Amz-Signature") != null;
        if (inHeader && inQuery) {
            throw malformed("Sign a request in its header or in its query, not in both");
        }
        if (inQuery) {
            return query(message);
        }
        if (header != null && inHeader) {
            return header(message, header.substring(ALGORITHM.length()));
        }
        if (header != null && header.startsWith("AWS") || message.parameter("AWSAccessKeyId") != null) {
            throw malformed("This way to sign requests is not offered; use " + ALGORITHM + " (Signature Version 4)");
        }
        return null;
    }

    private static Credential header(HttpMessage message, String fields) {
        Map<String, String> named = new HashMap<>();
        for (String field : fields.split(",")) {
            int equals = field.indexOf('=');
            if (equals < 0
                    || named.put(
                                    field.substring(0, equals).strip(),
                                    field.substring(equals + 1).strip())
                            != null) {
                throw malformed("The Authorization header has a field that is not name=value, or one twice");
            }
        }
        String payload = message.header("x-amz-content-sha256");
        if (payload == null) {
            throw malformed("A signed request says what is signed of its body in x-amz-content-sha256");
        }
        String time = message.header("x-amz-date");
        if (time == null) {
            throw malformed("A signed request says its time in x-amz-date");
        }
        return of(named.get("Credential"), named.get("SignedHeaders"), named.get("Signature"), time, -1, payload);
    }

    private static Credential query(HttpMessage message) {
        for (String name : List.of(
                "X-Amz-Algorithm",
                "X-Amz-Credential",
                "X-Amz-Date",
                "X-Amz-Expires",
                "X-Amz-SignedHeaders",
                "X-Amz-Signature")) {
            if (message.query().stream()
                            .filter(parameter -> parameter.name().equals(name))
                            .count()
                    != 1) {
                throw malformed("A presigned URL has " + name + " exactly once");
            }
        }
        if (!ALGORITHM.equals(message.parameter("X-Amz-Algorithm"))) {
            throw malformed("X-Amz-Algorithm must be " + ALGORITHM);
        }
        String seconds = String.valueOf(message.parameter("X-Amz-Expires"));
        long expires = SECONDS.matcher(seconds).matches() ? Long.parseLong(seconds) : 0;
        if (expires < 1 || expires > MOST_SECONDS) {
            throw malformed("X-Amz-Expires must be from 1 to " + MOST_SECONDS + " seconds");
        }
        String payload = message.header("x-amz-content-sha256");
        payload = payload == null ? message.parameter("X-Amz-Content-Sha256") : payload;
        return of(
                message.parameter("X-Amz-Credential"),
                message.parameter("X-Amz-SignedHeaders"),
                message.parameter("X-Amz-Signature"),
                String.valueOf(message.parameter("X-Amz-Date")),
                expires,
                payload == null ? "UNSIGNED-PAYLOAD" : payload);
    }

    private static Credential of(
            @Nullable String credential,
            @Nullable String headers,
            @Nullable String signature,
            String time,
            long expires,
            String payload) {
        if (credential == null || headers == null || signature == null) {
            throw malformed("A signature has the fields Credential, SignedHeaders and Signature");
        }
        String[] scope = credential.split("/", -1);
        if (scope.length != 5
                || !SERVICES.contains(scope[3])
                || !scope[4].equals("aws4_request")
                || scope[2].isEmpty()) {
            throw malformed("Credential is written KEY/yyyymmdd/region/s3/aws4_request");
        }
        if (!SIGNATURE.matcher(signature).matches()) {
            throw malformed("Signature has 64 hexadecimal digits in lower case");
        }
        List<String> signed = Arrays.asList(headers.split(";", -1));
        if (!signed.equals(signed.stream().sorted().distinct().toList())) {
            throw malformed("SignedHeaders are names in lower case, sorted, each once, between semicolons");
        }
        if (!time.startsWith(scope[1] + "T")) {
            throw malformed("The date in Credential is not the one of the request's time");
        }
        return new Credential(scope[0], scope[1], scope[2], scope[3], signed, signature, time, expires, payload);
    }

    private static LandfallException malformed(String why) {
        return new LandfallException(ErrorCode.INVALID_REQUEST, why);
    }
}
