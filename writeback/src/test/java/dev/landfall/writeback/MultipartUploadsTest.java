package dev.landfall.writeback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.model.ChangeCause;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectState;
import dev.landfall.targets.Condition;
import dev.landfall.targets.StoreInspector;
import dev.landfall.targets.Upload;
import dev.landfall.targets.UploadedPart;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MultipartUploadsTest {
    private static final PutRequest REQUEST = new PutRequest(
            -1,
            "audio/wav",
            Map.of("speaker", "Ann"),
            Map.of("cache-control", "no-store"),
            null,
            null,
            ChangeCause.CLIENT,
            Condition.ALWAYS,
            null,
            null);

    @TempDir
    Path dir;

    @TempDir
    Path other;

    private final FakeRemote s3 = new FakeRemote(true);

    @ParameterizedTest
    @ValueSource(strings = {"async", "sync", "local"})
    void anObjectInPartsIsWhatWasUploadedHereAndOnS3(String bucket) throws Exception {
        byte[] first = random(5 << 20, 1);
        byte[] second = random(100, 2);
        byte[] whole =
                ByteBuffer.allocate(first.length + 100).put(first).put(second).array();
        ObjectKey key = ObjectKey.of(bucket, "k");
        try (Bench bench = Bench.over(dir, s3, roomy())) {
            MultipartUploads uploads = bench.tiered.uploads();
            Upload upload = uploads.create(key, REQUEST);
            CompletedPart one = part(uploads, upload, 1, first);
            CompletedPart two = part(uploads, upload, 2, second);
            assertThat(s3.size()).isZero();

            PutOutcome outcome = uploads.complete(key, upload.id(), List.of(one, two), Condition.ABSENT, null);

            String etag = md5(HexFormat.of().parseHex(one.etag() + two.etag())) + "-2";
            assertThat(outcome.record().etag()).isEqualTo(etag);
            assertThat(outcome.record().contentType()).isEqualTo("audio/wav");
            assertThat(outcome.record().metadata()).isEqualTo(REQUEST.metadata());
            assertThat(outcome.record().headers()).isEqualTo(REQUEST.headers());
            assertThat(read(bench, key)).isEqualTo(whole);
            if (bucket.equals("async")) {
                bench.flush(Bench.ASYNC);
            }
            assertThat(bench.record(key).state()).isEqualTo(ObjectState.CLEAN);
            if (!bucket.equals("local")) {
                assertThat(s3.bytes(bucket.charAt(0) + "/k")).isEqualTo(whole);
            }

            var again = uploads.complete(key, upload.id(), List.of(one, two), Condition.ABSENT, null);
            assertThat(again).isEqualTo(new PutOutcome(PutOutcome.Kind.ALREADY_STORED, bench.record(key)));
            bench.put(key, "newer");
            assertThat(uploads.complete(key, upload.id(), List.of(one, two), Condition.ALWAYS, null)
                            .record()
                            .etag())
                    .isEqualTo(etag);
            assertThat(bench.get(key)).isEqualTo("newer");
            refused(
                    ErrorCode.NO_SUCH_UPLOAD,
                    () -> uploads.complete(key, upload.id(), List.of(one), Condition.ALWAYS, null));
            if (bucket.equals("async")) {
                bench.flush(Bench.ASYNC);
            }
            assertThat(StoreInspector.check(bench.store)).isEmpty();
            assertThat(StoreInspector.counts(bench.store).files()).isEqualTo(1);
        }
    }

    @Test
    void theEtagChosenHereComesBackWithAColdRead() throws Exception {
        ObjectKey key = Bench.sync("k");
        String etag;
        try (Bench bench = Bench.over(dir, s3)) {
            MultipartUploads uploads = bench.tiered.uploads();
            Upload upload = uploads.create(key, REQUEST);
            CompletedPart only = part(uploads, upload, 1, Bench.bytes("only"));
            etag = uploads.complete(key, upload.id(), List.of(only), Condition.ALWAYS, null)
                    .record()
                    .etag();
        }
        try (Bench empty = Bench.over(other, s3)) {
            assertThat(empty.tiered.head(key).etag()).isEqualTo(etag);
            assertThat(empty.get(key)).isEqualTo("only");
            assertThat(empty.record(key).etag()).isEqualTo(etag).endsWith("-1");
            assertThat(empty.record(key).headers()).isEqualTo(REQUEST.headers());
        }
    }

    @Test
    void theRulesOfS3AreKept() {
        ObjectKey key = Bench.async("k");
        try (Bench bench = Bench.over(dir, s3)) {
            MultipartUploads uploads = bench.tiered.uploads();
            Upload upload = uploads.create(key, REQUEST);
            CompletedPart one = part(uploads, upload, 1, Bench.bytes("small"));
            CompletedPart two = part(uploads, upload, 2, Bench.bytes("last"));
            complete(ErrorCode.ENTITY_TOO_SMALL, uploads, upload, one, two);
            complete(ErrorCode.INVALID_PART_ORDER, uploads, upload, two, one);
            complete(ErrorCode.INVALID_PART_ORDER, uploads, upload, one, one);
            complete(ErrorCode.INVALID_PART, uploads, upload, new CompletedPart(3, two.etag()));
            complete(ErrorCode.INVALID_PART, uploads, upload, new CompletedPart(1, two.etag()));
            complete(ErrorCode.INVALID_ARGUMENT, uploads, upload);
            refused(ErrorCode.INVALID_ARGUMENT, () -> uploads.uploadPart(key, upload.id(), 0, 1));
            refused(ErrorCode.INVALID_ARGUMENT, () -> uploads.uploadPart(key, upload.id(), 10_001, 1));
            refused(ErrorCode.NO_SUCH_UPLOAD, () -> uploads.uploadPart(Bench.async("x"), upload.id(), 1, 1));
            try (PartSession cut = uploads.uploadPart(key, upload.id(), 1, 10)) {
                cut.write(ByteBuffer.wrap(Bench.bytes("cut")));
                refused(ErrorCode.INCOMPLETE_BODY, () -> cut.commit("e"));
            }
            assertThat(uploads.parts(key, upload.id(), 0, 10))
                    .extracting(UploadedPart::number)
                    .containsExactly(1, 2);
            bench.put(key, "there");
            refused(
                    ErrorCode.PRECONDITION_FAILED,
                    () -> uploads.complete(key, upload.id(), List.of(two), Condition.ABSENT, null));
            assertThat(uploads.list(Bench.ASYNC, "", "", null, 10)).containsExactly(upload);
            uploads.abort(key, upload.id());
            complete(ErrorCode.NO_SUCH_UPLOAD, uploads, upload, two);
            refused(
                    ErrorCode.METADATA_TOO_LARGE,
                    () -> uploads.create(key, REQUEST.withContent(null, Map.of("a", "b".repeat(2000)), Map.of())));
            assertThat(StoreInspector.check(bench.store)).isEmpty();
        }
    }

    @Test
    void whatS3RefusesLeavesTheUploadAndWhatItDoesNotAnswerIsRolledForward() throws Exception {
        ObjectKey key = Bench.sync("k");
        try (Bench bench = Bench.over(dir, s3)) {
            MultipartUploads uploads = bench.tiered.uploads();
            Upload upload = uploads.create(key, REQUEST);
            CompletedPart only = part(uploads, upload, 1, Bench.bytes("only"));
            s3.days = (operation, of) -> new FakeRemote.Day.Answer(new Outcome.Refused("403"));
            complete(ErrorCode.REMOTE_REFUSED, uploads, upload, only);
            assertThat(bench.store.intents()).isEmpty();
            refused(ErrorCode.NO_SUCH_OBJECT, () -> bench.tiered.head(key));

            s3.days = (operation, of) -> new FakeRemote.Day.LoseRequest();
            complete(ErrorCode.OUTCOME_UNKNOWN, uploads, upload, only);
            assertThat(bench.record(key).state()).isEqualTo(ObjectState.DIRTY);
            s3.days = (operation, of) -> FakeRemote.GOOD;
            assertThat(uploads.complete(key, upload.id(), List.of(only), Condition.ALWAYS, null)
                            .kind())
                    .isEqualTo(PutOutcome.Kind.ALREADY_STORED);
            bench.flush(Bench.SYNC);
            assertThat(s3.bytes("s/k")).isEqualTo(Bench.bytes("only"));
            assertThat(StoreInspector.check(bench.store)).isEmpty();
        }
    }

    @Test
    void copiesKeepWhatDescribesTheSourceOrTakeWhatIsNew() throws Exception {
        ObjectKey source = Bench.async("source");
        try (Bench bench = Bench.over(dir, s3, roomy())) {
            MultipartUploads uploads = bench.tiered.uploads();
            byte[] first = random(5 << 20, 3);
            Upload upload = uploads.create(source, REQUEST);
            var parts = List.of(part(uploads, upload, 1, first), part(uploads, upload, 2, Bench.bytes("end")));
            uploads.complete(source, upload.id(), parts, Condition.ALWAYS, null);

            ObjectKey copy = Bench.async("copy");
            var kept = bench.tiered.copy(source, copy, PutRequest.likeSource(bench.tiered.head(source)));
            assertThat(read(bench, copy)).isEqualTo(read(bench, source));
            assertThat(kept.record().files()).hasSize(1);
            assertThat(kept.record().crc32c()).isEqualTo(bench.record(source).crc32c());
            assertThat(kept.record().metadata()).isEqualTo(REQUEST.metadata());
            assertThat(kept.record().headers()).isEqualTo(REQUEST.headers());

            Upload ofCopy = uploads.create(copy, REQUEST);
            try (ObjectData data = bench.tiered.get(source);
                    PartSession part = uploads.uploadPart(copy, ofCopy.id(), 1, -1)) {
                part.copyFrom(data, first.length - 2, 4);
                assertThat(part.length()).isEqualTo(4);
                part.commit("e");
            }
            uploads.complete(copy, ofCopy.id(), List.of(new CompletedPart(1, "\"e\"")), Condition.ALWAYS, null);
            assertThat(read(bench, copy))
                    .isEqualTo(new byte[] {first[first.length - 2], first[first.length - 1], 'e', 'n'});

            bench.put(source, Bench.bytes("abc"), PutRequest.ofLength(3).withEtag(md5(Bench.bytes("abc"))));
            var itself = bench.tiered.copy(source, source, PutRequest.ofLength(0));
            assertThat(itself.record().etag()).isEqualTo(md5(Bench.bytes("abc")));
            assertThat(itself.record().metadata()).isEmpty();
            assertThat(bench.get(source)).isEqualTo("abc");
            assertThat(StoreInspector.check(bench.store)).isEmpty();
        }
    }

    @Test
    void whatOnlyS3HasCanBeCopied() throws Exception {
        s3.foreign("a/cold", Bench.bytes("cold"));
        try (Bench bench = Bench.over(dir, s3)) {
            bench.tiered.copy(Bench.async("cold"), Bench.async("copy"), PutRequest.ofLength(0));
            assertThat(bench.get(Bench.async("copy"))).isEqualTo("cold");
        }
    }

    private static TieredStore.Config roomy() {
        TieredStore.Config c = Bench.config();
        return new TieredStore.Config(
                c.remotes(), c.uploads(), c.sweepInterval(), 1 << 30, c.maxDirtyAge(), true, c.retries());
    }

    private static CompletedPart part(MultipartUploads uploads, Upload upload, int number, byte[] content) {
        try (PartSession part = uploads.uploadPart(upload.key(), upload.id(), number, content.length)) {
            part.write(ByteBuffer.wrap(content));
            return new CompletedPart(number, part.commit(md5(content)).etag());
        }
    }

    private static void complete(ErrorCode code, MultipartUploads uploads, Upload upload, CompletedPart... parts) {
        refused(code, () -> uploads.complete(upload.key(), upload.id(), List.of(parts), Condition.ALWAYS, null));
    }

    private static void refused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        LandfallException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private static byte[] read(Bench bench, ObjectKey key) throws java.io.IOException {
        return bench.bytes(key);
    }

    private static byte[] random(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static String md5(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
