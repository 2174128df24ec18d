package dev.landfall.dev.s3;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/** The one key pair of a server, kept in its directory, readable by the owner only. */
record S3Keys(String accessKey, String secretKey) {
    private static final String FILE = "keys";

    static S3Keys read(Path directory) throws IOException {
        List<String> lines = Files.readAllLines(directory.resolve(FILE));
        if (lines.size() != 2) {
            throw new IOException(
                    "The file " + directory.resolve(FILE) + " must hold an access key and a secret key, a line each");
        }
        return new S3Keys(lines.get(0), lines.get(1));
    }

    /** Reads the keys of the directory, or makes them. */
    static S3Keys of(Path directory, SecureRandom random) throws IOException {
        Path file = directory.resolve(FILE);
        if (!Files.exists(file)) {
            var keys = new S3Keys("LANDFALL" + hex(random, 6).toUpperCase(java.util.Locale.ROOT), hex(random, 20));
            Path fresh = directory.resolve(FILE + ".new");
            Files.deleteIfExists(fresh);
            try (var channel = Files.newByteChannel(
                    fresh,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
                channel.write(
                        java.nio.charset.StandardCharsets.UTF_8.encode(keys.accessKey + "\n" + keys.secretKey + "\n"));
            }
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        }
        return read(directory);
    }

    private static String hex(SecureRandom random, int bytes) {
        byte[] secret = new byte[bytes];
        random.nextBytes(secret);
        return HexFormat.of().formatHex(secret);
    }

    @Override
    public String toString() {
        return "S3Keys[" + accessKey + "]";
    }
}
