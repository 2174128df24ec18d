package dev.landfall.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
    @ParameterizedTest
    @ValueSource(strings = {"abc", "a1b", "speech-wav", "a.b-c", "0aa"})
    void acceptsBucketNamesThatS3Accepts(String name) {
        assertThat(new BucketName(name).value()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ab", "Abc", "a_b", "-abc", "abc-", "a..b", "a/b", "ab\u00e9c", "..", "a.-b"})
    void refusesOtherBucketNames(String name) {
        assertThatExceptionOfType(LandfallException.class)
                .isThrownBy(() -> new BucketName(name))
                .returns(ErrorCode.INVALID_BUCKET_NAME, LandfallException::code);
    }

    @Test
    void bucketNamesHaveAtMost63Characters() {
        assertThat(new BucketName("a".repeat(63)).value()).hasSize(63);
        assertThatExceptionOfType(LandfallException.class).isThrownBy(() -> new BucketName("a".repeat(64)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a/b", "a//b", "...", "..a", "a..", "a/.b", "a b+%", "/a", "a/", "☃"})
    void acceptsObjectNames(String name) {
        assertThat(ObjectKey.of("bucket", name).name()).isEqualTo(name);
        assertThat(ObjectKey.fromBytes(ObjectKey.of("bucket", name).toBytes())).isEqualTo(ObjectKey.of("bucket", name));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ".", "..", "../a", "a/..", "a/../b", "./a", "a/.", "a\nb", "a\u0000", "a\u007f", "a\ufffd"})
    void refusesNamesThatAreNotPlain(String name) {
        assertThatExceptionOfType(LandfallException.class)
                .isThrownBy(() -> ObjectKey.of("bucket", name))
                .returns(ErrorCode.INVALID_OBJECT_NAME, LandfallException::code);
    }

    @Test
    void objectNamesHaveAtMost1024BytesOfUtf8() {
        assertThat(ObjectKey.of("bucket", "a".repeat(1024)).name()).hasSize(1024);
        assertThatExceptionOfType(LandfallException.class).isThrownBy(() -> ObjectKey.of("bucket", "☃".repeat(342)));
    }

    @Test
    void keysSortByTheirUtf8Bytes() {
        var names = List.of("a", "a/b", "aa", "z", "é", "\uffee", "\ud83d\ude00");
        assertThat(names.stream().map(n -> ObjectKey.of("bucket", n)).sorted().map(ObjectKey::name))
                .isEqualTo(names);
    }

    @Test
    void remotePrefixesOverlapOnlyAlongSegments() {
        var parsed = RemoteLocation.parse("s3://bucket/a/b/");
        assertThat(parsed).hasToString("s3://bucket/a/b");
        assertThat(parsed.remoteKey("x/y")).isEqualTo("a/b/x/y");
        assertThat(parsed.overlaps(RemoteLocation.parse("s3://bucket/a"))).isTrue();
        assertThat(parsed.overlaps(RemoteLocation.parse("s3://bucket"))).isTrue();
        assertThat(parsed.overlaps(RemoteLocation.parse("s3://bucket/a/bc"))).isFalse();
        assertThat(parsed.overlaps(RemoteLocation.parse("s3://other/a/b"))).isFalse();
    }
}
