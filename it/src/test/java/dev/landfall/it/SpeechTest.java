package dev.landfall.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real recordings of speech (Debian's {@code asterisk-core-sounds-en-wav}) through the topology of the documentation: FLAC in, stereo WAV at
 * 44.1 kHz out. Needs {@code ffmpeg}, and fails without it.
 */
@Tag("long")
class SpeechTest {
    private static final Path SOUNDS = Path.of("/usr/share/asterisk/sounds");
    private static final int PARALLEL = 2;
    private static final int RECORDINGS = 568;

    @TempDir
    private Path dir;

    @Test
    void everyRecordingBecomesTheWavThatFfmpegMakesOfIt() throws Exception {
        List<Path> recordings = recordings();
        assertThat(recordings)
                .as("install ffmpeg and asterisk-core-sounds-en-wav")
                .hasSize(RECORDINGS);
        Map<String, Path> flacs = new TreeMap<>();
        for (Path recording : recordings) {
            String name = stem(SOUNDS.relativize(recording).toString());
            flacs.put(name, dir.resolve("flac").resolve(name + ".flac"));
            Files.createDirectories(flacs.get(name).getParent());
        }
        parallel(
                recordings,
                recording -> ffmpeg(
                        "-i",
                        recording.toString(),
                        flacs.get(stem(SOUNDS.relativize(recording).toString())).toString()));

        Map<String, Path> bare = new TreeMap<>();
        flacs.keySet().forEach(name -> bare.put(name, dir.resolve("bare").resolve(name + ".wav")));
        for (Path wav : bare.values()) {
            Files.createDirectories(wav.getParent());
        }
        long bareStart = System.nanoTime();
        parallel(
                flacs.entrySet(),
                flac -> ffmpeg(
                        "-threads",
                        "1",
                        "-i",
                        flac.getValue().toString(),
                        "-ac",
                        "2",
                        "-ar",
                        "44100",
                        "-c:a",
                        "pcm_s16le",
                        bare.get(flac.getKey()).toString()));
        double bareSeconds = (System.nanoTime() - bareStart) / 1e9;

        String topology = Files.readString(ChildProcess.root().resolve("docs/examples/speech-to-wav.yaml"));
        try (DevProcess dev = DevProcess.start(dir.resolve("dev"), "--targets", "3");
                S3Side s3 = dev.s3().withBucket("remote")) {
            Api api = new Api(dev.http())
                    .asyncBucket("speech", "s3://remote/speech")
                    .asyncBucket("speech-wav", "s3://remote/speech-wav");
            api.send(
                            "PUT",
                            "/api/v1/topologies/speech-to-wav",
                            topology.getBytes(StandardCharsets.UTF_8),
                            "Content-Type",
                            "application/yaml")
                    .expect(200);
            long start = System.nanoTime();
            parallel(flacs.entrySet(), flac -> {
                api.put("speech", flac.getKey() + ".flac", Files.readAllBytes(flac.getValue()))
                        .expect(200);
                return 0;
            });
            await("every recording has its WAV")
                    .atMost(Duration.ofMinutes(5))
                    .pollInterval(Duration.ofMillis(250))
                    .until(() -> api.list("speech-wav", "").size() == RECORDINGS);
            double seconds = (System.nanoTime() - start) / 1e9;
            System.out.printf(
                    "Speech: %d recordings in %.1f s, %.1f a second; bare ffmpeg with %d at a time %.1f s; ratio %.2f%n",
                    RECORDINGS, seconds, RECORDINGS / seconds, PARALLEL, bareSeconds, seconds / bareSeconds);
            api.flush("speech", Duration.ofSeconds(60));
            api.flush("speech-wav", Duration.ofSeconds(60));
            check(flacs, bare, api, s3);
        }
    }

    private void check(Map<String, Path> flacs, Map<String, Path> bare, Api api, S3Side s3) throws Exception {
        assertThat(s3.etags("remote", "speech/")).hasSize(RECORDINGS);
        assertThat(s3.etags("remote", "speech-wav/")).hasSize(RECORDINGS);
        Path files = Files.createDirectories(dir.resolve("out"));
        for (String name : flacs.keySet()) {
            byte[] source = Files.readAllBytes(flacs.get(name));
            assertThat(s3.bytes("remote", "speech/" + name + ".flac"))
                    .as("%s.flac on S3", name)
                    .isEqualTo(source);
            byte[] wav = api.get("speech-wav", name + ".wav").expect(200).body();
            assertThat(s3.bytes("remote", "speech-wav/" + name + ".wav"))
                    .as("%s.wav on S3", name)
                    .isEqualTo(wav);
            Path file = Files.write(files.resolve("one.wav"), wav);
            checkHeader(name, wav);
            assertThat(pcm(file)).as("samples of %s", name).isEqualTo(pcm(bare.get(name)));
        }
    }

    private static void checkHeader(String name, byte[] wav) {
        int riff = littleEndian(wav, 4);
        assertThat(riff + 8).as("RIFF length of %s", name).isEqualTo(wav.length);
    }

    private static byte[] pcm(Path wav) throws Exception {
        try (AudioInputStream in = AudioSystem.getAudioInputStream(wav.toFile())) {
            AudioFormat format = in.getFormat();
            assertThat(format.getChannels()).isEqualTo(2);
            assertThat(format.getSampleRate()).isEqualTo(44_100f);
            assertThat(format.getSampleSizeInBits()).isEqualTo(16);
            assertThat(format.getEncoding()).isEqualTo(AudioFormat.Encoding.PCM_SIGNED);
            byte[] samples = in.readAllBytes();
            assertThat((long) samples.length).isEqualTo(in.getFrameLength() * format.getFrameSize());
            return samples;
        }
    }

    private static int littleEndian(byte[] bytes, int at) {
        return bytes[at] & 0xff | (bytes[at + 1] & 0xff) << 8 | (bytes[at + 2] & 0xff) << 16 | bytes[at + 3] << 24;
    }

    private static List<Path> recordings() throws IOException {
        if (!Files.isDirectory(SOUNDS)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(SOUNDS)) {
            return all.filter(path -> path.toString().endsWith(".wav")).sorted().toList();
        }
    }

    private static String stem(String name) {
        return name.substring(0, name.lastIndexOf('.'));
    }

    private interface Step<T> {
        int run(T each) throws Exception;
    }

    private static <T> void parallel(Iterable<T> all, Step<T> step) throws Exception {
        try (var threads = Executors.newFixedThreadPool(PARALLEL)) {
            List<Future<Integer>> done = new ArrayList<>();
            for (T each : all) {
                Callable<Integer> call = () -> step.run(each);
                done.add(threads.submit(call));
            }
            for (Future<Integer> one : done) {
                assertThat(one.get()).isZero();
            }
        }
    }

    private static int ffmpeg(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("ffmpeg", "-nostdin", "-v", "error", "-y"));
        command.addAll(Arrays.asList(arguments));
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }
}
