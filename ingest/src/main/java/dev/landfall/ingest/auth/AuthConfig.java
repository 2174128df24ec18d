package dev.landfall.ingest.auth;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may use a node.
 *
 * @param secret of the cluster; null: there are no keys but the admin's, and the nodes do not prove who they are
 * @param admin the key that is there before any other; null for none
 * @param required whether the native API answers nobody without credentials; the S3 API never does
 * @param anonymousRead buckets that the S3 API lets everybody read
 */
public record AuthConfig(
        @Nullable ClusterSecret secret, @Nullable AdminKey admin, boolean required, Set<String> anonymousRead) {
    /** No keys: the native API for everybody on this machine. */
    public static final AuthConfig OPEN = new AuthConfig(null, null, false, Set.of());

    public AuthConfig {
        anonymousRead = Set.copyOf(anonymousRead);
    }

    /** A key that is in the nodes' configuration. */
    public record AdminKey(String accessKey, String secretKey) {
        @Override
        public String toString() {
            return "AdminKey[" + accessKey + "]";
        }
    }
}
