package dev.landfall.dev.s3;

import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Where the child's libraries are. They are never on the parent's class path: an S3 server brings other versions of what Landfall uses.
 */
final class ChildClassPath {
    /** The directory of the libraries, where they are neither beside the classes nor beside the jar. */
    static final String PROPERTY = "landfall.s3.lib";

    private ChildClassPath() {}

    static String find() {
        Path own = ownPlace();
        String property = System.getProperty(PROPERTY);
        Path above = parent(own);
        List<Path> candidates = property != null
                ? List.of(Path.of(property))
                : Files.isDirectory(own)
                        ? List.of(above.resolve("lib"))
                        : List.of(above.resolve("s3-lib"), parent(above).resolve("s3-lib"), above.resolve("lib"));
        for (Path candidate : candidates) {
            if (hasServer(candidate)) {
                return own + File.pathSeparator + candidate + File.separator + "*";
            }
        }
        throw new IllegalStateException("The libraries of the S3 server are not in " + candidates
                + "; build with Maven, or set -D" + PROPERTY + " to their directory");
    }

    private static boolean hasServer(Path directory) {
        String[] names = directory.toFile().list((dir, name) -> name.startsWith("s3proxy-"));
        return names != null && names.length > 0;
    }

    private static Path ownPlace() {
        try {
            return Path.of(ChildClassPath.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toAbsolutePath();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Path parent(Path path) {
        Path parent = path.getParent();
        return parent == null ? path : parent;
    }
}
