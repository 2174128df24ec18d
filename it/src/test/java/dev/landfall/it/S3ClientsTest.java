package dev.landfall.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Programs of other people, as Debian and PyPI have them, with nothing set but endpoint and keys. Needs {@code awscli}, {@code s3cmd},
 * {@code rclone} and {@code python3-venv}, and fails without them. Makes the table of docs/s3.md with {@code LANDFALL_WRITE_DOCS=1}.
 */
@Tag("long")
class S3ClientsTest {
    private static final String BEGIN = "<!-- clients: made by S3ClientsTest -->\n";
    private static final String END = "<!-- clients end -->\n";
    private static final Map<String, Integer> SIZES =
            new LinkedHashMap<>(Map.of("1 B", 1, "1 MiB", 1 << 20, "20 MiB", 20 << 20, "200 MiB", 200 << 20));

    @TempDir
    private Path dir;

    private final Map<String, List<String>> table = new LinkedHashMap<>();

    @Test
    void everyClientDoesItsWork() throws Exception {
        Map<Integer, Path> files = new LinkedHashMap<>();
        for (int size : SIZES.values().stream().sorted().toList()) {
            files.put(size, file("file" + size, size));
        }
        try (DevProcess dev = DevProcess.start(dir.resolve("dev"))) {
            URI s3 = URI.create(dev.ready().path("s3").asText());
            String access = dev.ready().path("credentials").path("accessKey").asText();
            String secret = dev.ready().path("credentials").path("secretKey").asText();
            List<String> names = new ArrayList<>();
            for (S3Tool tool : List.of(
                    new AwsCliTool(home("aws"), s3, access, secret),
                    new S3cmdTool(home("s3cmd"), s3, access, secret),
                    new RcloneTool(home("rclone"), s3, access, secret),
                    new Boto3Tool(home("boto3"), s3, access, secret),
                    new JavaSdkTool(s3, access, secret),
                    TransferManagerTool.java(s3, access, secret),
                    TransferManagerTool.crt(s3, access, secret))) {
                try (tool) {
                    names.add(tool.name());
                    exercise(tool, files);
                }
            }
            check(names);
        }
    }

    private void exercise(S3Tool tool, Map<Integer, Path> files) throws Exception {
        String bucket = "clients-" + tool.name();
        tool.makeBucket(bucket);
        row("create bucket", true);
        for (var file : files.entrySet()) {
            String size = SIZES.entrySet().stream()
                    .filter(entry -> entry.getValue().equals(file.getKey()))
                    .findFirst()
                    .orElseThrow()
                    .getKey();
            String key = "dir a/ü " + size;
            tool.put(file.getValue(), bucket, key);
            Path back = dir.resolve("back");
            Files.deleteIfExists(back);
            tool.get(bucket, key, back);
            assertThat(Files.mismatch(back, file.getValue()))
                    .as("%s %s", tool.name(), size)
                    .isEqualTo(-1);
            row("put and get of " + size, true);
        }
        Path small = files.get(1 << 20);
        for (String key : List.of("p/1", "p/q/2", "p/q/3", "p/4", "x")) {
            tool.put(files.get(1), bucket, key);
        }
        assertThat(tool.list(bucket, "p/")).as(tool.name()).containsExactlyInAnyOrder("p/1", "p/q/2", "p/q/3", "p/4");
        row("list with a prefix", true);

        var part = tool.range(bucket, "dir a/ü 1 MiB", 1000, 2999);
        part.ifPresent(bytes -> assertThat(bytes).as(tool.name()).isEqualTo(slice(small, 1000, 3000)));
        row("ranged get", part.isPresent());

        tool.copy(bucket, "dir a/ü 20 MiB", "copies/of ü");
        Path copied = dir.resolve("copied");
        Files.deleteIfExists(copied);
        tool.get(bucket, "copies/of ü", copied);
        assertThat(Files.mismatch(copied, files.get(20 << 20))).as(tool.name()).isEqualTo(-1);
        row("copy", true);

        presigned(tool, bucket, small);
        sync(tool, bucket);
        tool.removeAll(bucket);
        assertThat(tool.list(bucket, "")).as(tool.name()).isEmpty();
        row("recursive delete", true);
        tool.removeBucket(bucket);
        row("delete bucket", true);
    }

    private void presigned(S3Tool tool, String bucket, Path small) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            var get = tool.presignedGet(bucket, "dir a/ü 1 MiB");
            if (get.isPresent()) {
                var reply =
                        http.send(HttpRequest.newBuilder(get.get()).build(), HttpResponse.BodyHandlers.ofByteArray());
                assertThat(reply.statusCode()).as(tool.name()).isEqualTo(200);
                assertThat(reply.body()).isEqualTo(Files.readAllBytes(small));
            }
            row("presigned get", get.isPresent());
            var put = tool.presignedPut(bucket, "presigned");
            if (put.isPresent()) {
                var reply = http.send(
                        HttpRequest.newBuilder(put.get())
                                .PUT(HttpRequest.BodyPublishers.ofFile(small))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                assertThat(reply.statusCode()).as(tool.name() + reply.body()).isEqualTo(200);
                Path back = dir.resolve("presigned");
                Files.deleteIfExists(back);
                tool.get(bucket, "presigned", back);
                assertThat(Files.mismatch(back, small)).isEqualTo(-1);
            }
            row("presigned put", put.isPresent());
        }
    }

    private void sync(S3Tool tool, String bucket) throws Exception {
        Path tree = Files.createDirectories(dir.resolve(tool.name() + "-tree/sub/deep"))
                .getParent()
                .getParent();
        for (String name : List.of("one", "sub/two ü", "sub/deep/three")) {
            Files.writeString(tree.resolve(name), "content of " + name);
        }
        boolean up = tool.syncUp(tree, bucket, "tree/");
        if (up) {
            assertThat(tool.list(bucket, "tree/"))
                    .as(tool.name())
                    .isEqualTo(Set.of("tree/one", "tree/sub/two ü", "tree/sub/deep/three"));
            Files.writeString(tree.resolve("one"), "changed and longer than before");
            tool.syncUp(tree, bucket, "tree/");
        }
        row("sync up", up);
        Path back = Files.createDirectories(dir.resolve(tool.name() + "-back"));
        boolean down = up && tool.syncDown(bucket, "tree/", back);
        if (down) {
            assertThat(Files.readString(back.resolve("one"))).isEqualTo("changed and longer than before");
            assertThat(Files.readString(back.resolve("sub/two ü"))).isEqualTo("content of sub/two ü");
            assertThat(back.resolve("sub/deep/three")).exists();
        }
        row("sync down", down);
    }

    private void row(String operation, boolean done) {
        table.computeIfAbsent(operation, key -> new ArrayList<>()).add(done ? "yes" : "–");
    }

    private void check(List<String> names) throws Exception {
        var text = new StringBuilder(
                "| | " + String.join(" | ", names) + " |\n|---|" + "---|".repeat(names.size()) + "\n");
        table.forEach((operation, cells) -> text.append("| ")
                .append(operation)
                .append(" | ")
                .append(String.join(" | ", cells))
                .append(" |\n"));
        Path file = Path.of(System.getProperty("landfall.root")).resolve("docs/s3.md");
        String before = Files.readString(file);
        int begin = before.indexOf(BEGIN) + BEGIN.length();
        String made = before.substring(0, begin) + text + before.substring(before.indexOf(END));
        if (System.getenv("LANDFALL_WRITE_DOCS") != null) {
            Files.writeString(file, made);
        }
        assertThat(Files.readString(file))
                .as("the table in docs/s3.md; LANDFALL_WRITE_DOCS=1 makes it anew")
                .isEqualTo(made);
    }

    private Path home(String name) throws Exception {
        return Files.createDirectories(dir.resolve("home-" + name));
    }

    private Path file(String name, int size) throws Exception {
        var bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return Files.write(dir.resolve(name), bytes);
    }

    private static byte[] slice(Path file, int from, int to) {
        try {
            return java.util.Arrays.copyOfRange(Files.readAllBytes(file), from, to);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
