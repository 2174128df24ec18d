package dev.landfall.dev.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A file of the demo.
 *
 * @param name relative to the directory
 * @param sha256 of its content
 */
record DemoFile(String name, Path path, long size, String sha256) {
    static DemoFile of(Path directory, Path path) throws IOException {
        byte[] content = Files.readAllBytes(path);
        return new DemoFile(directory.relativize(path).toString(), path, content.length, sha256(content));
    }

    /** What the demo's transform must make of it: ASCII letters in upper case, every other byte as it was. */
    String transformedSha256() throws IOException {
        byte[] content = Files.readAllBytes(path);
        for (int i = 0; i < content.length; i++) {
            if (content[i] >= 'a' && content[i] <= 'z') {
                content[i] -= 'a' - 'A';
            }
        }
        return sha256(content);
    }

    static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
