package dev.landfall.dev.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Finds the files of the demo. */
final class DemoFiles {
    /** Of a checkout: text that is always there. */
    private static final List<String> OWN = List.of(
            "README.md",
            "LICENSE",
            "CHANGELOG.md",
            "pom.xml",
            "landfall",
            "build",
            "docs",
            "model",
            "targets",
            "client");

    private DemoFiles() {}

    static boolean none(Path directory) throws IOException {
        return regular(directory.toRealPath()).isEmpty();
    }

    /** Every regular file below the directory; links are not followed. */
    static List<DemoFile> below(Path directory) throws IOException {
        List<DemoFile> files = new ArrayList<>();
        for (Path path : regular(directory)) {
            files.add(DemoFile.of(directory, path));
        }
        return files;
    }

    /** Copies files of this checkout into a directory of their own, so that promote sees these and nothing else. */
    static Path stage(Path checkout, Path to) throws IOException {
        for (String name : OWN) {
            Path from = checkout.resolve(name);
            if (!Files.exists(from)) {
                continue;
            }
            for (Path path : regular(from)) {
                Path relative = checkout.relativize(path);
                if (Stream.of(relative.toString().split("/"))
                        .noneMatch(part -> part.equals("target") || part.startsWith("."))) {
                    Path copy = to.resolve(relative.toString());
                    Files.createDirectories(copy.getParent());
                    Files.copy(path, copy);
                }
            }
        }
        return to;
    }

    private static List<Path> regular(Path from) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            return all.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
                    .sorted()
                    .toList();
        }
    }
}
