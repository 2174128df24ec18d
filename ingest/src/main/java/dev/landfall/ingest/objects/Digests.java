package dev.landfall.ingest.objects;

import dev.landfall.ingest.http.Body;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The checksums that a client sends of a body: {@code Content-MD5} and {@code x-amz-checksum-*}, in headers or trailers. */
public final class Digests {
    public static final String CHECKSUM = "x-amz-checksum-";
    private static final String CONTENT_MD5 = "content-md5";
    private static final String TRAILERS = "x-amz-trailer";

    private Digests() {}

    /**
     * The body; its end is reached only when every checksum is right.
     *
     * @param headers by their names in lower case
     * @throws LandfallException {@code INVALID_ARGUMENT}, {@code NOT_IMPLEMENTED} for a checksum that nobody here can compute; reading
     *     the body may throw {@code BAD_DIGEST}
     */
    public static Body verifying(Body body, Map<String, String> headers) {
        List<Check> checks = new ArrayList<>();
        String md5 = headers.get(CONTENT_MD5);
        if (md5 != null) {
            checks.add(new Check(Digest.md5(), "Content-MD5", decode("Content-MD5", md5, 16)));
        }
        headers.forEach((name, value) -> {
            if (isChecksum(name)) {
                Digest digest = digest(name);
                checks.add(new Check(digest, name, decode(name, value, digest.bytes())));
            }
        });
        String trailers = headers.get(TRAILERS);
        for (String trailer : trailers == null ? new String[0] : trailers.split(",")) {
            String name = trailer.strip().toLowerCase(Locale.ROOT);
            if (isChecksum(name)) {
                checks.add(new Check(digest(name), name, null));
            }
        }
        return checks.isEmpty() ? body : new VerifyingBody(body, checks);
    }

    /** The ETag of an object whose MD5 the client sent: the MD5 itself, as S3 clients expect. Null when it sent none. */
    public static @Nullable String etag(Map<String, String> headers) {
        String md5 = headers.get(CONTENT_MD5);
        return md5 == null ? null : HexFormat.of().formatHex(decode("Content-MD5", md5, 16));
    }

    /** The names of the checksums that the client sends of the body, in headers or trailers; without MD5. */
    public static List<String> names(Map<String, String> headers) {
        List<String> names = new ArrayList<>(
                headers.keySet().stream().filter(Digests::isChecksum).toList());
        for (String trailer : headers.getOrDefault(TRAILERS, "").split(",")) {
            String name = trailer.strip().toLowerCase(Locale.ROOT);
            if (isChecksum(name) && !names.contains(name)) {
                names.add(name);
            }
        }
        return names.stream().map(name -> name.substring(CHECKSUM.length())).toList();
    }

    private static boolean isChecksum(String name) {
        return name.startsWith(CHECKSUM)
                && !name.equals("x-amz-checksum-algorithm")
                && !name.equals("x-amz-checksum-type")
                && !name.equals("x-amz-checksum-mode");
    }

    /** @throws LandfallException {@code NOT_IMPLEMENTED} */
    static Digest digest(String name) {
        Digest digest = Digest.named(name.substring(CHECKSUM.length()));
        if (digest == null) {
            throw new LandfallException(ErrorCode.NOT_IMPLEMENTED, "The checksum " + name + " is not offered");
        }
        return digest;
    }

    private static byte[] decode(String name, String value, int length) {
        try {
            byte[] bytes = Base64.getDecoder().decode(value.strip());
            if (bytes.length == length) {
                return bytes;
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw new LandfallException(ErrorCode.INVALID_ARGUMENT, name + " is the base64 form of " + length + " bytes");
    }

    /** @param expected null for what a trailer will say */
    private record Check(Digest digest, String name, byte @Nullable [] expected) {}

    private static final class VerifyingBody implements Body {
        private final Body body;
        private final List<Check> checks;
        private boolean checked;

        VerifyingBody(Body body, List<Check> checks) {
            this.body = body;
            this.checks = checks;
        }

        @Override
        public long length() {
            return body.length();
        }

        @Override
        public boolean comesInPieces() {
            return body.comesInPieces();
        }

        @Override
        public int read(ByteBuffer into) {
            ByteBuffer fresh = into.duplicate();
            int n = body.read(into);
            if (n > 0) {
                fresh.limit(fresh.position() + n);
                checks.forEach(check -> check.digest().update(fresh.duplicate()));
            } else if (n < 0 && !checked) {
                checks.forEach(this::verify);
                checked = true;
            }
            return n;
        }

        private void verify(Check check) {
            byte[] expected = check.expected();
            if (expected == null) {
                String sent = body.trailer(check.name());
                if (sent == null) {
                    throw new LandfallException(
                            ErrorCode.INVALID_REQUEST,
                            "The trailer " + check.name() + " was announced and did not come");
                }
                expected = decode(check.name(), sent, check.digest().bytes());
            }
            if (!MessageDigest.isEqual(check.digest().value(), expected)) {
                throw new LandfallException(ErrorCode.BAD_DIGEST, "The body does not match its " + check.name());
            }
        }

        @Override
        public @Nullable String trailer(String name) {
            return body.trailer(name);
        }
    }
}
