package dev.landfall.node;

import dev.landfall.ingest.auth.AuthConfig;
import dev.landfall.ingest.auth.ClusterSecret;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.node.config.AuthSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads the secrets that the configuration refers to. */
final class Auth {
    private Auth() {}

    /** @throws LandfallException {@code INVALID_ARGUMENT}; its message names the reference, never the secret */
    static AuthConfig resolve(AuthSettings settings) {
        String secret = settings.secret();
        String access = settings.adminAccessKey();
        String adminSecret = settings.adminSecretKey();
        return new AuthConfig(
                secret == null ? null : ClusterSecret.of(read("auth.secret", secret)),
                access == null || adminSecret == null
                        ? null
                        : new AuthConfig.AdminKey(
                                read("auth.admin.accessKey", access), read("auth.admin.secretKey", adminSecret)),
                settings.required(),
                settings.anonymousRead());
    }

    private static String read(String key, String reference) {
        String where = reference.substring(reference.indexOf(':') + 1);
        String value;
        if (reference.startsWith("env:")) {
            value = System.getenv(where);
        } else {
            try {
                value = Files.readString(Path.of(where)).strip();
            } catch (IOException e) {
                throw new LandfallException(
                        ErrorCode.INVALID_ARGUMENT, key + ": the file " + where + " cannot be read", e);
            }
        }
        if (value == null || value.isEmpty()) {
            throw new LandfallException(ErrorCode.INVALID_ARGUMENT, key + ": there is nothing in " + reference);
        }
        return value;
    }
}
