package dev.landfall.ingest.auth;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** What all nodes of a cluster know and nobody else: it seals the secrets of keys, and nodes show it to each other. */
public final class ClusterSecret {
    private static final int LEAST = 16;
    private static final String CIPHER = "AES/GCM/NoPadding";
    private static final int NONCE = 12;
    private static final int TAG_BITS = 128;
    private static final String VERSION = "v1.";

    private final SecretKeySpec sealing;
    private final String peerKey;

    private ClusterSecret(byte[] secret) {
        this.sealing = new SecretKeySpec(Hmac.of(secret, "landfall access keys 1"), "AES");
        this.peerKey = Hmac.hex(Hmac.of(secret, "landfall peers 1"));
    }

    /** @throws LandfallException {@code INVALID_ARGUMENT} for one that could be guessed */
    public static ClusterSecret of(String secret) {
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        if (bytes.length < LEAST) {
            throw new LandfallException(
                    ErrorCode.INVALID_ARGUMENT,
                    "auth.secret must have at least " + LEAST + " characters; openssl rand -hex 32 makes a good one");
        }
        return new ClusterSecret(bytes);
    }

    /** What a node says to another one. */
    public String peerKey() {
        return peerKey;
    }

    /** Encrypts the secret of an access key (AES-GCM), bound to that key. */
    String seal(String accessKey, String secretKey, SecureRandom random) {
        byte[] nonce = new byte[NONCE];
        random.nextBytes(nonce);
        try {
            byte[] sealed =
                    cipher(Cipher.ENCRYPT_MODE, nonce, accessKey).doFinal(secretKey.getBytes(StandardCharsets.UTF_8));
            byte[] all = ByteBuffer.allocate(NONCE + sealed.length)
                    .put(nonce)
                    .put(sealed)
                    .array();
            return VERSION + Base64.getEncoder().encodeToString(all);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @throws LandfallException {@code INTERNAL_ERROR} when it was sealed with another cluster secret, or changed since */
    String open(String accessKey, String sealed) {
        try {
            if (sealed.startsWith(VERSION)) {
                byte[] all = Base64.getDecoder().decode(sealed.substring(VERSION.length()));
                byte[] nonce = java.util.Arrays.copyOf(all, NONCE);
                byte[] secret = cipher(Cipher.DECRYPT_MODE, nonce, accessKey)
                        .doFinal(all, Math.min(NONCE, all.length), Math.max(0, all.length - NONCE));
                return new String(secret, StandardCharsets.UTF_8);
            }
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw unreadable(accessKey, e);
        }
        throw unreadable(accessKey, new IllegalArgumentException("of an unknown version"));
    }

    private static LandfallException unreadable(String accessKey, Exception cause) {
        return new LandfallException(
                ErrorCode.INTERNAL_ERROR,
                "The secret of the access key " + accessKey
                        + " cannot be read with this node's auth.secret; give every node the one it was made with",
                cause);
    }

    private Cipher cipher(int mode, byte[] nonce, String accessKey) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(CIPHER);
        cipher.init(mode, sealing, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(accessKey.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    @Override
    public String toString() {
        return "ClusterSecret";
    }
}
