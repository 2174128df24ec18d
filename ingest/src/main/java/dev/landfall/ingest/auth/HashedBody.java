package dev.landfall.ingest.auth;

import dev.landfall.ingest.http.Body;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** A body whose SHA-256 is signed. */
final class HashedBody implements Body {
    private final Body body;
    private final String expected;
    private final MessageDigest digest = Hmac.sha256();
    private boolean checked;

    HashedBody(Body body, String expected) {
        this.body = body;
        this.expected = expected;
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
            digest.update(fresh.limit(fresh.position() + n));
        } else if (n < 0 && !checked) {
            if (!Hmac.same(Hmac.hex(digest.digest()), expected)) {
                throw new LandfallException(
                        ErrorCode.BAD_DIGEST, "The body does not match its SHA-256 in x-amz-content-sha256");
            }
            checked = true;
        }
        return n;
    }

    @Override
    public @Nullable String trailer(String name) {
        return body.trailer(name);
    }
}
