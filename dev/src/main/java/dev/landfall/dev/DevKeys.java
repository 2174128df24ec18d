package dev.landfall.dev;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * The secrets of a cluster on one machine, made at its first start and kept in its directory, readable by the owner only.
 *
 * @param directory with the files {@code cluster-secret}, {@code access-key} and {@code secret-key}
 */
public record DevKeys(Path directory, String accessKey, String secretKey) {
    static DevKeys in(Path cluster) throws IOException {
        Path directory = Files.createDirectories(cluster.resolve("keys"));
        keep(directory.resolve("cluster-secret"), 32, "");
        String access = keep(directory.resolve("access-key"), 8, "LF");
        String secret = keep(directory.resolve("secret-key"), 20, "");
        return new DevKeys(directory, access, secret);
    }

    private static String keep(Path file, int bytes, String prefix) throws IOException {
        if (!Files.exists(file)) {
            var random = new byte[bytes];
            new SecureRandom().nextBytes(random);
            NodeFile.secret(file, prefix + HexFormat.of().formatHex(random));
        }
        return Files.readString(file).strip();
    }

    @Override
    public String toString() {
        return "DevKeys[" + accessKey + "]";
    }
}
