package dev.landfall.ingest.auth;

import dev.landfall.ingest.http.Caller;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.TimeSource;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Verifies signed requests: "Authenticating Requests (AWS Signature Version 4)" of the Amazon S3 API reference. */
public final class Signatures {
    private static final Duration SKEW = Duration.ofMinutes(15);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT);

    /**
     * A request whose signature holds.
     *
     * @param chain what signatures of chunks go on from
     */
    record Signed(Caller caller, Payload payload, ChunkChain chain) {}

    private final Function<String, Keys.Known> keys;
    private final TimeSource time;

    Signatures(Function<String, Keys.Known> keys, TimeSource time) {
        this.keys = keys;
        this.time = time;
    }

    public static Signatures of(Keys keys, TimeSource time) {
        return new Signatures(keys::find, time);
    }

    /**
     * Null when the request is not signed.
     *
     * @throws LandfallException {@code INVALID_REQUEST}, {@code INVALID_ACCESS_KEY_ID}, {@code SIGNATURE_DOES_NOT_MATCH},
     *     {@code REQUEST_TIME_TOO_SKEWED}, {@code NOT_IMPLEMENTED} for operations of another service, {@code ACCESS_DENIED} for a presigned URL outside its time and for headers left unsigned
     */
    @Nullable
    Signed verify(HttpMessage message) {
        Credential said = Credential.of(message);
        if (said == null) {
            return null;
        }
        checkTime(said);
        checkHeaders(message, said);
        Payload payload = Payload.parse(said.payload());
        Keys.Known known = keys.apply(said.accessKey());
        byte[] key = signingKey(known.secretKey(), said.date(), said.region(), said.service());
        String canonical = CanonicalRequest.of(message, said.signedHeaders(), said.payload());
        String text = Credential.ALGORITHM + "\n" + said.time() + "\n" + said.scope() + "\n" + Hmac.hash(canonical);
        if (!Hmac.same(Hmac.hex(Hmac.of(key, text)), said.signature())) {
            throw LandfallException.of(ErrorCode.SIGNATURE_DOES_NOT_MATCH);
        }
        if (!said.service().equals(Credential.S3)) { // some of their requests look the same
            throw new LandfallException(
                    ErrorCode.NOT_IMPLEMENTED, "Operations of the service " + said.service() + " are not offered");
        }
        return new Signed(
                known.caller(), payload, new ChunkChain(key, said.time() + "\n" + said.scope(), said.signature()));
    }

    static byte[] signingKey(String secret, String date, String region, String service) {
        byte[] key = Hmac.of(("AWS4" + secret).getBytes(StandardCharsets.UTF_8), date);
        return Hmac.of(Hmac.of(Hmac.of(key, region), service), "aws4_request");
    }

    private void checkTime(Credential said) {
        Instant signed;
        try {
            signed = LocalDateTime.parse(said.time(), TIME).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw new LandfallException(
                    ErrorCode.INVALID_REQUEST, "The time of a signed request is written like 20130524T000000Z", e);
        }
        Instant now = time.now();
        if (!said.presigned()) {
            if (Duration.between(signed, now).abs().compareTo(SKEW) > 0) {
                throw LandfallException.of(ErrorCode.REQUEST_TIME_TOO_SKEWED);
            }
        } else if (signed.isAfter(now.plus(SKEW))) {
            throw new LandfallException(ErrorCode.ACCESS_DENIED, "The presigned URL is not valid yet");
        } else if (now.isAfter(signed.plusSeconds(said.expires()))) {
            throw new LandfallException(ErrorCode.ACCESS_DENIED, "Request has expired: make a new presigned URL");
        }
    }

    /** What decides what is done must be signed. */
    private static void checkHeaders(HttpMessage message, Credential said) {
        for (String name : message.headers().keySet()) {
            if ((name.equals("host") || name.startsWith("x-amz-"))
                    && !said.signedHeaders().contains(name)) {
                throw new LandfallException(
                        ErrorCode.ACCESS_DENIED,
                        "There were headers present in the request which were not signed: " + name);
            }
        }
        if (!said.signedHeaders().contains("host")) {
            throw new LandfallException(ErrorCode.ACCESS_DENIED, "The host header must be signed");
        }
    }
}
