package dev.landfall.node.config;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may use the node. Secrets are references, {@code env:NAME} or {@code file:PATH}.
 *
 * @param secret of the cluster: the same on every node
 * @param adminAccessKey of the key that is there before any other
 * @param required whether the native API answers nobody without credentials
 * @param anonymousRead buckets that everybody may read over S3
 */
public record AuthSettings(
        @Nullable String secret,
        @Nullable String adminAccessKey,
        @Nullable String adminSecretKey,
        boolean required,
        Set<String> anonymousRead) {
    public static final AuthSettings NONE = new AuthSettings(null, null, null, false, Set.of());

    public AuthSettings {
        anonymousRead = Set.copyOf(anonymousRead);
    }
}
