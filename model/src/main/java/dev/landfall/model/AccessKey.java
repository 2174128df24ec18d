package dev.landfall.model;

import java.time.Instant;
import java.util.regex.Pattern;

/**
 * The key of a client, as the cluster keeps it.
 *
 * @param sealedSecret the secret, encrypted with the cluster's; a signature is made with the secret itself, so a hash would not do
 */
public record AccessKey(String id, String sealedSecret, AccessPolicy policy, Instant created) {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{2,63}");

    /** @throws LandfallException {@link ErrorCode#INVALID_ARGUMENT} */
    public AccessKey {
        if (!ID.matcher(id).matches()) {
            throw new LandfallException(
                    ErrorCode.INVALID_ARGUMENT,
                    "An access key has 3 to 64 letters, digits, dots, dashes and underscores, and begins with a letter or digit");
        }
    }

    /** Even the sealed secret is nobody's business. */
    @Override
    public String toString() {
        return "AccessKey[" + id + ", " + policy + "]";
    }
}
