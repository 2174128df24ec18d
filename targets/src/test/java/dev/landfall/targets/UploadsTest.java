package dev.landfall.targets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.model.ChangeCause;
import dev.landfall.model.DataFile;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32C;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

final class UploadsTest extends StoreTest {
    private static final Map<String, String> HEADERS = Map.of("cache-control", "no-store");
    private final ObjectKey key = key("a");

    @Test
    void anObjectIsMadeOfItsPartsInOneCommit() throws Exception {
        Upload upload = create(key);
        UploadedPart second = part(upload, 2, "-two");
        UploadedPart first = part(upload, 1, "one");
        assertThat(store.lookup(key)).isEmpty();
        assertThat(store.uploads().parts(key, upload.id(), 0, 10)).containsExactly(first, second);

        ObjectRecord record = complete(upload, first, second).committed();

        assertThat(record.files()).containsExactly(first.file(), second.file());
        assertThat(record.size()).isEqualTo(7);
        assertThat(record.crc32c()).isEqualTo(crc("one-two"));
        assertThat(content(key)).isEqualTo("one-two");
        assertThat(store.outboxDepth()).isEqualTo(1);
        assertThat(store.uploads().completed(key, upload.id())).contains(record.withoutFiles());
        refused(ErrorCode.NO_SUCH_UPLOAD, () -> store.uploads().find(key, upload.id()));
        var counts = counts();
        assertThat(counts.uploads() + counts.parts() + counts.openBodies()).isZero();
        assertThat(counts.files()).isEqualTo(2);
    }

    @Test
    void theUploadThatIsOpenOnS3IsKeptUntilItHasEnded() {
        assertThat(store.remoteUpload(key)).isEmpty();
        store.saveRemoteUpload(key, "id of S3/with+anything=");
        reopen();
        assertThat(store.remoteUpload(key)).contains("id of S3/with+anything=");
        assertThat(store.remoteUpload(key("b"))).isEmpty();
        store.saveRemoteUpload(key, null);
        reopen();
        assertThat(store.remoteUpload(key)).isEmpty();
    }

    @Test
    void everyRangeOverPartsIsRight() throws Exception {
        Upload upload = create(key);
        ObjectRecord record = complete(
                        upload,
                        part(upload, 1, "abc"),
                        part(upload, 3, "d"),
                        part(upload, 7, ""),
                        part(upload, 9, "efgh"))
                .committed();
        String whole = "abcdefgh";
        try (BodyReader reader = store.read(record).orElseThrow()) {
            assertThat(reader.paths()).hasSize(4);
            for (int from = 0; from <= whole.length(); from++) {
                for (int to = from; to <= whole.length(); to++) {
                    assertThat(range(reader, from, to - from)).isEqualTo(whole.substring(from, to));
                }
            }
            assertThatThrownBy(() -> reader.transferTo(5, 4, (f, p, c) -> {}))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void partsThatAreReplacedOrNotUsedAndObjectsThatAreOverwrittenLeaveNoFiles() {
        Upload upload = create(key);
        part(upload, 1, "old");
        UploadedPart first = part(upload, 1, "new");
        part(upload, 2, "unused");
        assertThat(counts().files()).isEqualTo(2);
        ObjectRecord record = complete(upload, first).committed();
        assertThat(content(record)).isEqualTo("new");
        assertThat(counts().files()).isEqualTo(1);

        Upload other = create(key);
        ObjectRecord parts =
                complete(other, part(other, 1, "x"), part(other, 2, "y")).committed();
        assertThat(counts().files()).isEqualTo(2);
        committed(new Change.MarkClean(key, parts.generation(), "e"));
        assertThat(content(key)).isEqualTo("xy");
        try (BodyReader reader = store.read(parts).orElseThrow()) {
            committed(delete(key));
            assertThat(range(reader, 0, 2)).isEqualTo("xy");
            assertThat(counts().files()).isEqualTo(2);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        assertThat(counts().files()).isZero();
    }

    @Test
    void anAbortedUploadLeavesNothing() {
        Upload upload = create(key);
        part(upload, 1, "x");
        BodyWriter late = body(key, "late");
        store.uploads().abort(key, upload.id());
        refused(ErrorCode.NO_SUCH_UPLOAD, () -> store.uploads().put(key, upload.id(), 2, late, "e"));
        refused(ErrorCode.NO_SUCH_UPLOAD, () -> store.uploads().abort(key, upload.id()));
        refused(ErrorCode.NO_SUCH_UPLOAD, () -> store.uploads().find(key, "nonsense"));
        var counts = counts();
        assertThat(counts.files() + counts.uploads() + counts.parts() + counts.openBodies())
                .isZero();
    }

    @Test
    void whileItIsCompletedNobodyElseChangesIt() {
        Upload upload = create(key);
        UploadedPart first = part(upload, 1, "x");
        BodyWriter body = store.uploads().assemble(key, upload.id(), List.of(first));
        refused(ErrorCode.BUSY, () -> part(upload, 1, "y"));
        refused(ErrorCode.BUSY, () -> store.uploads().abort(key, upload.id()));
        refused(ErrorCode.BUSY, () -> store.uploads().assemble(key, upload.id(), List.of(first)));
        body.close();
        UploadedPart again = part(upload, 1, "y");
        refused(ErrorCode.INVALID_PART, () -> store.uploads().assemble(key, upload.id(), List.of(first)));
        put(key, "there").committed();
        assertThat(complete(upload, again).when(Condition.ABSENT).commit()).isInstanceOf(CommitResult.Rejected.class);
        assertThat(complete(upload, again).committed().size()).isEqualTo(1);
    }

    @Test
    void uploadsAndPartsSurviveACrash() throws Exception {
        Upload upload = create(key);
        UploadedPart first = part(upload, 1, "one");
        UploadedPart second = part(upload, 2, "two");
        body(key, "never a part");
        store.uploads().assemble(key, upload.id(), List.of(first, second));

        crash();

        assertThat(StoreInspector.check(store)).isEmpty();
        assertThat(counts().files()).isEqualTo(2);
        assertThat(store.uploads().find(key, upload.id())).isEqualTo(upload);
        assertThat(store.uploads().parts(key, upload.id(), 1, 10)).containsExactly(second);
        ObjectRecord record = complete(upload, first, second).committed();

        crash();

        assertThat(store.lookup(key)).contains(record);
        assertThat(content(key)).isEqualTo("onetwo");
        assertThat(store.uploads().completed(key, upload.id())).contains(record.withoutFiles());
        assertThat(counts().files()).isEqualTo(2);
    }

    @Test
    void anIntentHoldsTheUploadOverACrashAndItsCommitEndsIt() throws Exception {
        Upload upload = create(key);
        UploadedPart first = part(upload, 1, "one");
        UploadedPart second = part(upload, 2, "two");
        Intent intent = intent(upload, first, second);

        crash();

        assertThat(store.intents()).containsExactly(intent);
        refused(ErrorCode.BUSY, () -> store.uploads().abort(key, upload.id()));
        BodyWriter body = store.recoverBody(intent).orElseThrow();
        assertThat(body.crc32c()).isEqualTo(crc("onetwo"));
        var put = new PutBuilder(key, body).clean().reserved(intent.generation());
        assertThat(put.committed().generation()).isEqualTo(intent.generation());
        assertThat(content(key)).isEqualTo("onetwo");
        assertThat(store.intents()).isEmpty();
        var counts = counts();
        assertThat(counts.intents() + counts.uploads() + counts.parts() + counts.openBodies())
                .isZero();
    }

    @Test
    void aDroppedIntentGivesTheUploadBack() throws Exception {
        Upload upload = create(key);
        UploadedPart first = part(upload, 1, "one");
        store.dropIntent(intent(upload, first));
        Intent left = intent(upload, first);
        crash();
        store.dropIntent(left);
        assertThat(complete(upload, first).committed().size()).isEqualTo(3);
    }

    @Test
    void anIntentWhosePartIsLostCanBeCommittedWithOtherData() throws Exception {
        Upload upload = create(key);
        UploadedPart first = part(upload, 1, "one");
        UploadedPart second = part(upload, 2, "two");
        Intent intent = intent(upload, first, second);
        crash(copy -> Files.delete(file(second.file())));
        assertThat(store.recoverBody(intent)).isEmpty();
        put(key, "onetwo").clean().reserved(intent.generation()).committed();
        assertThat(content(key)).isEqualTo("onetwo");
        var counts = counts();
        assertThat(counts.intents() + counts.uploads() + counts.parts()).isZero();
        assertThat(counts.files()).isEqualTo(1);
    }

    @Test
    void listingsAreSortedAndGoOnWhereTheyEnded() {
        Upload b = create(key("b"));
        Upload a1 = create(key("a"));
        Upload a2 = create(key("a"));
        Upload aa = create(key("a/a"));
        assertThat(store.uploads().list(BUCKET, "", "", null, 10)).containsExactly(a1, a2, aa, b);
        assertThat(store.uploads().list(BUCKET, "", "", null, 2)).containsExactly(a1, a2);
        assertThat(store.uploads().list(BUCKET, "", "a", a1.id(), 10)).containsExactly(a2, aa, b);
        assertThat(store.uploads().list(BUCKET, "", "a", null, 10)).containsExactly(aa, b);
        assertThat(store.uploads().list(BUCKET, "a/", "", null, 10)).containsExactly(aa);
        assertThat(store.uploads().expire(Duration.ofDays(1))).isZero();
        assertThat(store.uploads().expire(Duration.ofSeconds(-1))).isEqualTo(4);
        assertThat(store.uploads().list(BUCKET, "", "", null, 10)).isEmpty();
    }

    @Test
    void aLostOrDamagedPartIsNoticedBeforeAnythingIsSent() throws Exception {
        Upload upload = create(key);
        UploadedPart second = null;
        ObjectRecord record = complete(upload, part(upload, 1, "one"), second = part(upload, 2, "two"))
                .committed();
        Files.writeString(file(second.file()), "tw");
        refused(ErrorCode.CORRUPT_OBJECT, () -> store.read(record));
        committed(delete(key));
    }

    @Test
    void checksumsOfPiecesMakeThatOfTheWhole() {
        var random = new Random(4);
        for (int i = 0; i < 200; i++) {
            byte[] first = new byte[random.nextInt(70_000)];
            byte[] second = new byte[random.nextInt(300) * random.nextInt(300)];
            random.nextBytes(first);
            random.nextBytes(second);
            var both =
                    ByteBuffer.allocate(first.length + second.length).put(first).put(second);
            assertThat(Crc32c.combine(crc(first), crc(second), second.length)).isEqualTo(crc(both.array()));
        }
    }

    private Upload create(ObjectKey of) {
        return store.uploads().create(of, "text/plain", Map.of("a", "b"), HEADERS, null, ChangeCause.CLIENT);
    }

    private UploadedPart part(Upload upload, int number, String content) {
        return store.uploads().put(upload.key(), upload.id(), number, body(upload.key(), content), "etag-" + content);
    }

    private PutBuilder complete(Upload upload, UploadedPart... parts) {
        return new PutBuilder(upload.key(), store.uploads().assemble(upload.key(), upload.id(), List.of(parts)));
    }

    private Intent intent(Upload upload, UploadedPart... parts) {
        BodyWriter body = store.uploads().assemble(key, upload.id(), List.of(parts));
        var intent = Intent.put(key, store.reserve(key), body, null, Map.of(), HEADERS, "e-1", ChangeCause.CLIENT);
        store.saveIntent(intent);
        body.close();
        return intent;
    }

    private java.nio.file.Path file(DataFile file) {
        return directory
                .resolve("disk-" + partition(key) % 2)
                .resolve("data/%016x/%016x".formatted(file.id() >>> FileIds.BLOCK_BITS, file.id()));
    }

    static String range(BodyReader reader, long first, long count) throws IOException {
        var text = new StringBuilder();
        reader.transferTo(first, count, (file, position, length) -> {
            var bytes = ByteBuffer.allocate((int) length);
            while (bytes.hasRemaining() && file.read(bytes, position + bytes.position()) >= 0) {}
            text.append(new String(bytes.array(), StandardCharsets.UTF_8));
        });
        return text.toString();
    }

    private static int crc(String text) {
        return crc(text.getBytes(StandardCharsets.UTF_8));
    }

    private static int crc(byte[] bytes) {
        var crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    private static void refused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        LandfallException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
