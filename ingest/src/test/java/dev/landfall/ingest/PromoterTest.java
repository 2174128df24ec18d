package dev.landfall.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.model.BucketName;
import dev.landfall.model.ChangeCause;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromoterTest {
    private static final BucketName SPEECH = new BucketName("speech");

    @TempDir
    Path directory;

    private final List<String> stored = Collections.synchronizedList(new ArrayList<>());
    private final List<String> skipped = Collections.synchronizedList(new ArrayList<>());
    private final List<String> ignored = Collections.synchronizedList(new ArrayList<>());
    private final List<String> failed = Collections.synchronizedList(new ArrayList<>());
    private final Promoter.Progress progress = new Promoter.Progress() {
        @Override
        public void stored(String name, long bytes) {
            stored.add(name);
        }

        @Override
        public void skipped(String name) {
            skipped.add(name);
        }

        @Override
        public void ignored(String name, String why) {
            ignored.add(name);
        }

        @Override
        public void failed(String name, String why) {
            failed.add(name);
        }
    };

    private Path root;
    private Path outside;
    private TestNode one;
    private TestNode two;

    @BeforeEach
    void start() throws IOException {
        root = Files.createDirectories(directory.resolve("root/in"));
        outside = Files.createDirectories(directory.resolve("outside"));
        Files.writeString(outside.resolve("secret"), "secret");
        var state = new FakeCluster.State("n1", TestNode.PARTITIONS, List.of("n1", "n2"));
        List<Path> roots = List.of(directory.resolve("root"));
        one = TestNode.create(
                        new FakeCluster(state, "n1"),
                        directory.resolve("n1"),
                        TestNode.NO_KAFKA,
                        TestNode.limits(),
                        1000,
                        roots)
                .started();
        two = TestNode.create(
                        new FakeCluster(state, "n2"),
                        directory.resolve("n2"),
                        TestNode.NO_KAFKA,
                        TestNode.limits(),
                        1000,
                        roots)
                .started();
        Http.put(one.url("/api/v1/buckets/speech"), "{\"durability\":\"os\"}");
    }

    @AfterEach
    void stop() {
        one.close();
        two.close();
    }

    private void promote(TestNode node, Path path, boolean recursive, boolean overwrite) {
        node.ingest
                .promoter()
                .run(new Promoter.Request(SPEECH, path, "p/", recursive, overwrite), progress, () -> false);
    }

    @Test
    void eachNodeTakesItsShare() throws IOException {
        var names = new TreeSet<String>();
        Files.createDirectories(root.resolve("sub"));
        for (int i = 0; i < 30; i++) {
            Files.writeString(root.resolve("sub/f" + i), "content " + i);
            names.add("p/sub/f" + i);
        }
        promote(one, root, true, false);
        assertThat(stored.size()).isBetween(1, 29);
        promote(two, root, true, false);
        assertThat(skipped).as("what the other node owns is not skipped").isEmpty();

        assertThat(new TreeSet<>(stored)).isEqualTo(names);
        assertThat(stored).hasSize(30);
        assertThat(Http.get(one.url("/api/v1/objects/speech/p/sub/f7")).text()).isEqualTo("content 7");
        assertThat(owner("p/sub/f7").store.lookup(ObjectKey.of("speech", "p/sub/f7")))
                .isNotEmpty();
    }

    @Test
    void causeIsPromoteAndFlatStaysFlat() throws IOException {
        Files.createDirectories(root.resolve("sub"));
        Files.writeString(root.resolve("sub/deep"), "x");
        Files.writeString(root.resolve("top"), "x");
        promote(one, root, false, false);
        promote(two, root, false, false);
        assertThat(stored).containsExactly("p/top");
        assertThat(owner("p/top")
                        .store
                        .lookup(ObjectKey.of("speech", "p/top"))
                        .orElseThrow()
                        .cause())
                .isEqualTo(ChangeCause.PROMOTE);
    }

    @Test
    void whatExistsStaysUnlessOverwriteIsAsked() throws IOException {
        Files.writeString(root.resolve("x"), "new");
        Http.put(one.url("/api/v1/objects/speech/p/x"), "old");
        promote(owner("p/x"), root, true, false);
        assertThat(skipped).containsExactly("p/x");
        promote(owner("p/x"), root.resolve("x"), true, true);
        assertThat(stored).containsExactly("p/x");
        assertThat(Http.get(one.url("/api/v1/objects/speech/p/x")).text()).isEqualTo("new");
    }

    @Test
    void linksLeadNowhere() throws IOException {
        Files.createSymbolicLink(root.resolve("link"), outside.resolve("secret"));
        Files.createSymbolicLink(root.resolve("dir"), outside);
        promote(one, root, true, false);
        promote(two, root, true, false);
        assertThat(stored).isEmpty();
        assertThat(skipped).isEmpty();
        assertThat(failed).isEmpty();
        assertThat(ignored).as("each said once, by its owner").containsExactlyInAnyOrder("p/link", "p/dir");
        refuses(root.resolve("dir"));
        refuses(root.resolve("link"));
        refuses(outside);
        refuses(root.resolve("../../outside"));
        refuses(outside.resolve("nothing"));
    }

    @Test
    void badNamesFailAloneAndTheRestGoesOn() throws IOException {
        Files.writeString(root.resolve("bad\nname"), "x");
        Files.writeString(root.resolve("good"), "x");
        promote(one, root, true, false);
        promote(two, root, true, false);
        assertThat(failed).contains("p/bad\nname");
        assertThat(stored).containsExactly("p/good");
    }

    @Test
    void aSecondRunSkipsWhatTheFirstStoredAndCountsEachOnce() throws IOException {
        for (int i = 0; i < 6; i++) {
            Files.writeString(root.resolve("f" + i), "x");
        }
        for (int round = 0; round < 2; round++) {
            promote(one, root, true, false);
            promote(two, root, true, false);
        }
        assertThat(stored).hasSize(6);
        assertThat(skipped).containsExactlyInAnyOrderElementsOf(stored);
    }

    @Test
    void cancelledRunEndsEarly() throws IOException {
        Files.writeString(root.resolve("x"), "x");
        one.ingest.promoter().run(new Promoter.Request(SPEECH, root, "", true, false), progress, () -> true);
        assertThat(stored).isEmpty();
        assertThat(skipped).isEmpty();
    }

    private void refuses(Path path) {
        assertThatThrownBy(() -> promote(one, path, true, false))
                .isInstanceOfSatisfying(
                        LandfallException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PROMOTE_OUTSIDE_ROOTS));
    }

    private TestNode owner(String name) {
        return one.ingest.router().isLocal(ObjectKey.of("speech", name)) ? one : two;
    }
}
