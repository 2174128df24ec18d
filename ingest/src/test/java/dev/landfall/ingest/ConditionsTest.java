package dev.landfall.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ranges, conditions and digests. */
@ResourceLock(SharedNode.LOCK)
class ConditionsTest {
    @RegisterExtension
    final SharedNode shared = new SharedNode();

    private String at(String name) {
        return shared.at(name);
    }

    @Test
    void rangeOfALargeObjectIsItsBytes() {
        byte[] body = random(1_000_000);
        Http.put(at("x"), body);
        assertThat(Http.get(at("x"), "Range: bytes=300000-899999").body())
                .isEqualTo(Arrays.copyOfRange(body, 300_000, 900_000));
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=0-4, 206, hello, bytes 0-4/11", "bytes=6-, 206, world, bytes 6-10/11",
                "bytes=-5, 206, world, bytes 6-10/11",
        "bytes=6-99, 206, world, bytes 6-10/11", "'bytes=0-0,2-3', 200, hello world,", "lines=1-2, 200, hello world,",
        "bytes=5-1, 200, hello world,"
    })
    void rangesAreServedOneAtATime(String range, int status, String body, String contentRange) {
        Http.put(at("x"), "hello world");
        var reply = Http.get(at("x"), "Range: " + range);
        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.text()).isEqualTo(body);
        assertThat(reply.header("Content-Range")).isEqualTo(contentRange);
    }

    @Test
    void rangeOutsideTheObjectSaysItsSize() {
        Http.put(at("x"), "hello");
        var reply = Http.get(at("x"), "Range: bytes=5-");
        assertThat(reply.status()).isEqualTo(416);
        assertThat(reply.code()).isEqualTo("InvalidRange");
        assertThat(reply.header("Content-Range")).isEqualTo("bytes */5");
    }

    @Test
    void conditionsOfReadersHold() {
        String etag = Http.put(at("x"), "hello").header("ETag");
        assertThat(Http.get(at("x"), "If-None-Match: " + etag).status()).isEqualTo(304);
        assertThat(Http.get(at("x"), "If-None-Match: \"other\", W/" + etag).status())
                .isEqualTo(304);
        assertThat(Http.get(at("x"), "If-None-Match: \"other\"").status()).isEqualTo(200);
        assertThat(Http.get(at("x"), "If-Match: \"other\"").code()).isEqualTo("PreconditionFailed");
        assertThat(Http.get(at("x"), "Range: bytes=0-1", "If-Range: \"other\"").status())
                .isEqualTo(200);
    }

    @Test
    void datesOfReadersHold() {
        String etag = Http.put(at("x"), "hello").header("ETag");
        String modified = Http.get(at("x")).header("Last-Modified");
        String past = "Sunday, 06-Nov-94 08:49:37 GMT";
        for (String method : new String[] {"GET", "HEAD"}) {
            assertThat(read(method, "If-Modified-Since: " + modified)).isEqualTo(304);
            assertThat(read(method, "If-Modified-Since: " + past)).isEqualTo(200);
            assertThat(read(method, "If-Modified-Since: yesterday")).isEqualTo(200);
            assertThat(read(method, "If-Unmodified-Since: " + modified)).isEqualTo(200);
            assertThat(read(method, "If-Unmodified-Since: Sun Nov  6 08:49:37 1994"))
                    .isEqualTo(412);
            // an ETag is asked in place of a date
            assertThat(read(method, "If-Modified-Since: " + modified, "If-None-Match: \"other\""))
                    .isEqualTo(200);
            assertThat(read(method, "If-Unmodified-Since: " + past, "If-Match: " + etag))
                    .isEqualTo(200);
            assertThat(read(method, "Range: bytes=0-1", "If-Range: " + modified))
                    .isEqualTo(206);
            assertThat(read(method, "Range: bytes=0-1", "If-Range: " + past)).isEqualTo(200);
            assertThat(read(method, "Range: bytes=0-1", "If-Range: " + etag)).isEqualTo(206);
        }
    }

    private int read(String method, String... headers) {
        return Http.send(at("x"), method, null, headers).status();
    }

    @Test
    void datesOfWritersHold() {
        Http.put(at("x"), "one");
        String modified = Http.get(at("x")).header("Last-Modified");
        String past = "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT";
        assertThat(Http.put(at("x"), "two", past).code()).isEqualTo("PreconditionFailed");
        assertThat(Http.send(at("x"), "DELETE", null, past).code()).isEqualTo("PreconditionFailed");
        assertThat(Http.get(at("x")).text()).isEqualTo("one");
        assertThat(Http.put(at("x"), "one", "If-Unmodified-Since: " + modified).status())
                .isEqualTo(200);
        assertThat(Http.put(at("new"), "two", past).status()).isEqualTo(200);
    }

    @Test
    void conditionsOfWritersHold() {
        String etag = Http.put(at("x"), "one", "If-None-Match: *").header("ETag");
        assertThat(Http.put(at("x"), "two", "If-None-Match: *").code()).isEqualTo("PreconditionFailed");
        assertThat(Http.put(at("x"), "two", "If-Match: \"other\"").code()).isEqualTo("PreconditionFailed");
        assertThat(Http.put(at("x"), "two", "If-Match: " + etag).status()).isEqualTo(200);
        assertThat(Http.send(at("x"), "DELETE", null, "If-Match: " + etag).code())
                .isEqualTo("PreconditionFailed");
        assertThat(Http.get(at("x")).text()).isEqualTo("two");
    }

    @Test
    void wrongMd5IsRefusedBeforeTheCommitAndARightOneIsNot() throws Exception {
        String right = Base64.getEncoder()
                .encodeToString(MessageDigest.getInstance("MD5").digest("hello".getBytes(StandardCharsets.UTF_8)));
        Set<Path> before = shared.files();
        assertThat(Http.put(at("x"), "hellO", "Content-MD5: " + right).code()).isEqualTo("BadDigest");
        assertThat(Http.put(at("x"), "hello", "Content-MD5: nonsense").code()).isEqualTo("InvalidArgument");
        assertThat(before).containsAll(shared.files());
        assertThat(Http.get(at("x")).status()).isEqualTo(404);
        assertThat(Http.put(at("x"), "hello", "Content-MD5: " + right).status()).isEqualTo(200);
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }
}
