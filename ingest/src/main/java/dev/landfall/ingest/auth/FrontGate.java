package dev.landfall.ingest.auth;

import dev.landfall.ingest.http.Body;
import dev.landfall.ingest.http.Caller;
import dev.landfall.ingest.http.ErrorForm;
import dev.landfall.ingest.http.Gate;
import dev.landfall.ingest.http.HttpCall;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The gate of a front door. The S3 API knows every caller by its signature, or treats it as anonymous; the native API takes a signature or
 * a bearer token, and asks for one where it must.
 */
public final class FrontGate implements Gate {
    private static final String BEARER = "Bearer ";
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,15}");

    private final Keys keys;
    private final Signatures signatures;
    private final AuthConfig config;
    private final @Nullable String s3Path;
    private final ErrorForm s3Errors;

    /**
     * @param s3Path where the S3 API is; null when it is all there is
     * @param s3Errors how it tells errors
     */
    public FrontGate(Keys keys, Signatures signatures, AuthConfig config, @Nullable String s3Path, ErrorForm s3Errors) {
        this.keys = keys;
        this.signatures = signatures;
        this.config = config;
        this.s3Path = s3Path;
        this.s3Errors = s3Errors;
    }

    @Override
    public void check(HttpCall call, String path) {
        boolean s3 = s3Path == null || path.equals(s3Path) || path.startsWith(s3Path + "/");
        if (s3) {
            call.errors(s3Errors);
        } else if (path.startsWith("/health/")) {
            return;
        }
        Caller caller = caller(call, s3);
        if (caller == null && s3) {
            call.caller(Caller.anonymous(config.anonymousRead()));
        } else if (caller == null && config.required()) {
            call.replyHeader("WWW-Authenticate", "Bearer realm=\"landfall\"");
            throw LandfallException.of(ErrorCode.CREDENTIALS_REQUIRED);
        } else if (caller != null) {
            call.caller(caller);
            if (!s3) {
                NativePolicy.check(caller, call.method(), path);
            }
        }
    }

    private @Nullable Caller caller(HttpCall call, boolean s3) {
        String authorization = call.header("Authorization");
        if (authorization != null && authorization.startsWith(BEARER) && !s3) {
            return bearer(authorization.substring(BEARER.length()).strip());
        }
        Signatures.Signed signed = signatures.verify(HttpMessage.of(call));
        if (signed == null) {
            if (authorization != null) {
                throw new LandfallException(
                        ErrorCode.INVALID_REQUEST,
                        "The Authorization header is neither a signature (" + Credential.ALGORITHM + ")"
                                + (s3 ? "" : " nor Bearer ACCESS_KEY:SECRET_KEY"));
            }
            String sent = call.header("x-amz-content-sha256");
            if (s3 && sent != null) {
                call.body(body(call, Payload.parse(sent), null));
            }
            return null;
        }
        call.body(body(call, signed.payload(), signed.chain()));
        return signed.caller();
    }

    private Caller bearer(String token) {
        int colon = token.indexOf(':');
        if (colon < 0) {
            throw new LandfallException(ErrorCode.INVALID_REQUEST, "A bearer token is written ACCESS_KEY:SECRET_KEY");
        }
        Keys.Known known = keys.find(token.substring(0, colon));
        if (!Hmac.same(known.secretKey(), token.substring(colon + 1))) {
            throw LandfallException.of(ErrorCode.SIGNATURE_DOES_NOT_MATCH);
        }
        return known.caller();
    }

    private static Body body(HttpCall call, Payload payload, @Nullable ChunkChain chain) {
        return switch (payload) {
            case Payload.Unsigned none -> call.body();
            case Payload.Hash hash -> new HashedBody(call.body(), hash.hex());
            case Payload.Chunks chunks -> {
                if (chunks.signed() && chain == null) {
                    throw LandfallException.of(ErrorCode.ACCESS_DENIED);
                }
                String length = call.header("x-amz-decoded-content-length");
                if (length == null || !LENGTH.matcher(length).matches()) {
                    throw new LandfallException(
                            ErrorCode.INVALID_REQUEST,
                            "A body in the encoding aws-chunked needs its length in x-amz-decoded-content-length");
                }
                yield new ChunkedBody(
                        call.body(), Long.parseLong(length), chunks.signed() ? chain : null, chunks.trailer());
            }
        };
    }
}
