package dev.landfall.writeback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.model.Generation;
import dev.landfall.writeback.RemoteStore.Fetch;
import dev.landfall.writeback.RemoteStore.Look;
import dev.landfall.writeback.RemoteStore.Upload;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** What every S3 port does on a good day, the real one and the simulated ones. Keeps conditions. */
abstract class RemoteStoreContract {
    /** Of a bucket that is there. */
    private final String bucket;

    RemoteStoreContract(String bucket) {
        this.bucket = bucket;
    }

    /** Runs a test against an open port. */
    abstract void with(Consumer<RemoteStore> test);

    @Test
    void whatWasPutIsThereWithItsMetadata() {
        with(s3 -> {
            String etag = put(s3, "contract/a", "v1", RemoteCondition.NONE);
            assertThat(s3.head(bucket, "contract/a")).isInstanceOfSatisfying(Look.Found.class, found -> {
                assertThat(found.object().etag()).isEqualTo(etag);
                assertThat(found.object().size()).isEqualTo(2);
                assertThat(found.object().generation()).isEqualTo(new Generation(7));
                assertThat(found.object().crc32c()).isEqualTo(crc("v1"));
                assertThat(found.object().metadata()).containsExactlyEntriesOf(Map.of("who", "we"));
            });
            assertThat(read(s3, "contract/a")).isEqualTo("v1");
        });
    }

    @Test
    void aPutReplacesWhatWasThere() {
        with(s3 -> {
            put(s3, "contract/b", "v1", RemoteCondition.NONE);
            put(s3, "contract/b", "v2", RemoteCondition.NONE);
            assertThat(read(s3, "contract/b")).isEqualTo("v2");
        });
    }

    @Test
    void theSameBytesHaveTheSameEtag() {
        with(s3 -> assertThat(put(s3, "contract/c", "same", RemoteCondition.NONE))
                .isEqualTo(put(s3, "contract/d", "same", RemoteCondition.NONE)));
    }

    @Test
    void aPutOfWhatMustBeAbsentFailsWhenItIsThere() {
        with(s3 -> {
            assertThat(s3.delete(bucket, "contract/e")).isInstanceOf(Outcome.Acknowledged.class);
            put(s3, "contract/e", "v1", RemoteCondition.ABSENT);
            assertThat(s3.put(bucket, "contract/e", upload("v2"), RemoteCondition.ABSENT))
                    .isInstanceOf(Outcome.ConditionFailed.class);
            assertThat(read(s3, "contract/e")).isEqualTo("v1");
        });
    }

    @Test
    void aPutOfWhatMustHaveAnEtagFailsWhenItHasAnother() {
        with(s3 -> {
            String first = put(s3, "contract/f", "v1", RemoteCondition.NONE);
            put(s3, "contract/f", "v2", new RemoteCondition.IfEtag(first));
            assertThat(s3.put(bucket, "contract/f", upload("v3"), new RemoteCondition.IfEtag(first)))
                    .isInstanceOf(Outcome.ConditionFailed.class);
            assertThat(read(s3, "contract/f")).isEqualTo("v2");
        });
    }

    @Test
    void aDeletedObjectIsAbsentAndCanBeDeletedAgain() {
        with(s3 -> {
            put(s3, "contract/g", "v1", RemoteCondition.NONE);
            assertThat(s3.delete(bucket, "contract/g")).isInstanceOf(Outcome.Acknowledged.class);
            assertThat(s3.delete(bucket, "contract/g")).isInstanceOf(Outcome.Acknowledged.class);
            assertThat(s3.head(bucket, "contract/g")).isInstanceOf(Look.Absent.class);
            assertThat(s3.get(bucket, "contract/g")).isInstanceOf(Fetch.Absent.class);
        });
    }

    private String put(RemoteStore s3, String key, String text, RemoteCondition condition) {
        Outcome outcome = s3.put(bucket, key, upload(text), condition);
        assertThat(outcome).isInstanceOf(Outcome.Acknowledged.class);
        return ((Outcome.Acknowledged) outcome).etag();
    }

    private String read(RemoteStore s3, String key) {
        Fetch fetch = s3.get(bucket, key);
        assertThat(fetch).isInstanceOf(Fetch.Opened.class);
        try (var body = ((Fetch.Opened) fetch).body()) {
            return SimPromises.text(body.readAllBytes());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Upload upload(String text) {
        byte[] bytes = Bench.bytes(text);
        return new Upload(
                () -> new ByteArrayInputStream(bytes),
                bytes.length,
                crc(text),
                "text/plain",
                RemoteObject.metadata(Map.of("who", "we"), new Generation(7), crc(text), null));
    }

    private static int crc(String text) {
        var crc = new CRC32C();
        crc.update(Bench.bytes(text));
        return (int) crc.getValue();
    }
}
