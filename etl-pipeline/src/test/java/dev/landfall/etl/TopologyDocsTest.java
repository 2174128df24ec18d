package dev.landfall.etl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.model.Generation;
import dev.landfall.model.ObjectKey;
import dev.landfall.topology.Cancellation;
import dev.landfall.topology.TopologyFile;
import dev.landfall.topology.TopologySpec;
import dev.landfall.topology.TransformCall;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What docs/ shows works. */
final class TopologyDocsTest {
    private static final Path DOCS =
            Path.of(System.getProperty("landfall.root")).resolve("docs");

    @TempDir
    Path directory;

    @TestFactory
    List<DynamicTest> everyExampleIsRight() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        try (Stream<Path> files = Files.list(DOCS.resolve("examples"))) {
            files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .forEach(file -> tests.add(lint(file.toString(), read(file))));
        }
        var blocks = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL).matcher(read(DOCS.resolve("topologies.md")));
        while (blocks.find()) {
            tests.add(lint("topologies.md at " + blocks.start(), blocks.group(1)));
        }
        assertThat(tests).hasSizeGreaterThanOrEqualTo(4);
        return tests;
    }

    private static DynamicTest lint(String name, String yaml) {
        return DynamicTest.dynamicTest(
                name, () -> assertThat(TopologyFile.lint(yaml)).isEmpty());
    }

    @Test
    void theUpperCaseExampleShouts() throws Exception {
        Path input = Files.writeString(directory.resolve("in"), "hello");

        assertThat(run("upper-case.yaml", "upper-case", input, "out.txt")).hasContent("HELLO");
    }

    @Test
    void theUnpackAndSortExampleUnpacksAndSorts() throws Exception {
        var yaml = Pattern.compile("```yaml\n(version: 1\ntransforms:\n  unpack.*?)```", Pattern.DOTALL)
                .matcher(read(DOCS.resolve("topologies.md")));
        assertThat(yaml.find()).isTrue();
        TopologySpec spec = TopologyFile.parse(yaml.group(1));
        Path plain = Files.writeString(directory.resolve("plain"), "b\na\n");
        assertThat(new ProcessBuilder("gzip", "-k", plain.toString())
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();

        Path unpacked = run(spec, "unpack", directory.resolve("plain.gz"), "unpacked");

        assertThat(run(spec, "sort", unpacked, "sorted")).hasContent("a\nb\n");
    }

    @Test
    @Tag("long")
    void theSpeechExampleMakesAPlainWave() throws Exception {
        Path flac = directory.resolve("a.flac");
        assertThat(new ProcessBuilder(
                                "ffmpeg",
                                "-nostdin",
                                "-v",
                                "error",
                                "-f",
                                "lavfi",
                                "-i",
                                "sine=duration=1:sample_rate=8000",
                                "-metadata",
                                "title=hello",
                                flac.toString())
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();

        byte[] wave = Files.readAllBytes(run("speech-to-wav.yaml", "to-wav", flac, "a.wav"));

        var header = ByteBuffer.wrap(wave).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(new String(wave, 36, 4, java.nio.charset.StandardCharsets.US_ASCII))
                .isEqualTo("data");
        assertThat(header.getInt(40)).isEqualTo(wave.length - 44).isEqualTo(44_100 * 4);
        assertThat(header.getShort(22)).isEqualTo((short) 2);
        assertThat(header.getInt(24)).isEqualTo(44_100);
        assertThat(header.getShort(34)).isEqualTo((short) 16);
    }

    private Path run(String example, String transform, Path input, String output) throws Exception {
        return run(TopologyFile.parse(read(DOCS.resolve("examples").resolve(example))), transform, input, output);
    }

    private Path run(TopologySpec spec, String transform, Path input, String output) throws Exception {
        Path out = directory.resolve(output);
        new Transforms()
                .create(spec.transforms().get(transform))
                .run(new TransformCall(
                        ObjectKey.of("source", input.getFileName().toString()),
                        new Generation(1),
                        input,
                        true,
                        out,
                        directory,
                        1,
                        new Cancellation()));
        return out;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
