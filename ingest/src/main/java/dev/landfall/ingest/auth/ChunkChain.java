package dev.landfall.ingest.auth;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;

/**
 * The signatures of chunks, each made of the one before: "Signature calculations for the Authorization header: transferring payload in
 * multiple chunks" of the Amazon S3 API reference.
 */
final class ChunkChain {
    private static final String EMPTY = Hmac.hash("");

    private final byte[] key;
    private final String timeAndScope;
    private String previous;

    ChunkChain(byte[] key, String timeAndScope, String seed) {
        this.key = key;
        this.timeAndScope = timeAndScope;
        this.previous = seed;
    }

    /** @throws LandfallException {@code SIGNATURE_DOES_NOT_MATCH} */
    void verifyChunk(String sha256, String signature) {
        verify("AWS4-HMAC-SHA256-PAYLOAD\n" + timeAndScope + "\n" + previous + "\n" + EMPTY + "\n" + sha256, signature);
    }

    /**
     * @param lines {@code name:value\n} of each trailer, in their order
     * @throws LandfallException {@code SIGNATURE_DOES_NOT_MATCH}
     */
    void verifyTrailers(String lines, String signature) {
        verify("AWS4-HMAC-SHA256-TRAILER\n" + timeAndScope + "\n" + previous + "\n" + Hmac.hash(lines), signature);
    }

    private void verify(String text, String signature) {
        if (!Hmac.same(Hmac.hex(Hmac.of(key, text)), signature)) {
            throw new LandfallException(
                    ErrorCode.SIGNATURE_DOES_NOT_MATCH, "A chunk of the body does not match its signature");
        }
        previous = signature;
    }
}
