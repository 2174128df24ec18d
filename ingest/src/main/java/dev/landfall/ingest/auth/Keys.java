package dev.landfall.ingest.auth;

import dev.landfall.ingest.http.Caller;
import dev.landfall.model.AccessKey;
import dev.landfall.model.AccessPolicy;
import dev.landfall.model.ClusterView;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The keys that this node knows: the admin's of its configuration, and those of the cluster. */
public final class Keys {
    private static final String ID_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final String SECRET_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /** A key with its secret. */
    record Known(Caller caller, String secretKey) {
        @Override
        public String toString() {
            return "Known[" + caller + "]";
        }
    }

    /** A new key; the only place where its secret ever stands in clear. */
    record Made(AccessKey key, String secretKey) {
        @Override
        public String toString() {
            return "Made[" + key + "]";
        }
    }

    private final AuthConfig config;
    private final Supplier<ClusterView> view;
    private final SecureRandom random;

    public Keys(AuthConfig config, Supplier<ClusterView> view, SecureRandom random) {
        this.config = config;
        this.view = view;
        this.random = random;
    }

    /** @throws LandfallException {@code INVALID_ACCESS_KEY_ID} */
    Known find(String accessKey) {
        AuthConfig.AdminKey admin = config.admin();
        if (admin != null && admin.accessKey().equals(accessKey)) {
            return new Known(new Caller("the key " + accessKey, AccessPolicy.ADMIN, true), admin.secretKey());
        }
        AccessKey key = view.get().keys().get(accessKey);
        ClusterSecret secret = config.secret();
        if (key == null || secret == null) {
            throw LandfallException.of(ErrorCode.INVALID_ACCESS_KEY_ID);
        }
        return new Known(
                new Caller("the key " + accessKey, key.policy(), true), secret.open(key.id(), key.sealedSecret()));
    }

    /**
     * Makes a key; it counts once the cluster knows it.
     *
     * @param id null for a random one
     * @throws LandfallException {@code INVALID_ARGUMENT} when the nodes have no secret to seal it with
     */
    Made make(@Nullable String id, AccessPolicy policy, Instant now) {
        ClusterSecret secret = config.secret();
        if (secret == null) {
            throw new LandfallException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Keys need a cluster secret to be kept with; set auth.secret in every node's configuration");
        }
        String accessKey = id == null ? "LF" + text(ID_LETTERS, 18) : id;
        AuthConfig.AdminKey admin = config.admin();
        if (admin != null && admin.accessKey().equals(accessKey)) {
            throw new LandfallException(
                    ErrorCode.INVALID_ARGUMENT,
                    "The access key " + accessKey + " is the nodes' own; choose another name");
        }
        String secretKey = text(SECRET_LETTERS, 40);
        return new Made(new AccessKey(accessKey, secret.seal(accessKey, secretKey, random), policy, now), secretKey);
    }

    private String text(String letters, int length) {
        var text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append(letters.charAt(random.nextInt(letters.length())));
        }
        return text.toString();
    }
}
