package dev.landfall.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.model.ChangeCause;
import dev.landfall.model.ObjectKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ResourceLock(SharedNode.LOCK)
class FrontDoorTest {
    @RegisterExtension
    final SharedNode shared = new SharedNode();

    private String at(String name) {
        return shared.at(name);
    }

    @Test
    void objectComesBackWithItsHeaders() {
        byte[] body = random(700_000);
        var put = Http.put(at("a/b.bin"), body, "Content-Type: audio/flac", "X-Landfall-Meta-Artist: Ann");

        assertThat(put.status()).isEqualTo(200);
        var got = Http.get(at("a/b.bin"));
        assertThat(got.status()).isEqualTo(200);
        assertThat(got.body()).isEqualTo(body);
        assertThat(got.header("ETag"))
                .isEqualTo(put.header("ETag"))
                .startsWith("\"")
                .endsWith("\"");
        assertThat(got.header("Landfall-Generation"))
                .isEqualTo(put.header("Landfall-Generation"))
                .hasSize(16);
        assertThat(got.header("Landfall-State")).isEqualTo("clean");
        assertThat(got.header("Content-Type")).isEqualTo("audio/flac");
        assertThat(got.header("x-landfall-meta-artist")).isEqualTo("Ann");
        assertThat(got.header("Last-Modified")).endsWith("GMT");
        assertThat(got.header("Landfall-Request-Id")).isNotEmpty().isEqualTo(got.header("X-Request-Id"));
    }

    @Test
    void emptyObjectIsAnObject() {
        assertThat(Http.put(at("empty"), new byte[0]).status()).isEqualTo(200);
        var got = Http.get(at("empty"));
        assertThat(got.status()).isEqualTo(200);
        assertThat(got.header("Content-Length")).isEqualTo("0");
    }

    @Test
    void headHasTheLengthAndNoBody() {
        Http.put(at("x"), "hello");
        var head = Http.send(at("x"), "HEAD", null);
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.header("Content-Length")).isEqualTo("5");
        assertThat(Http.send(at("nothing"), "HEAD", null).header("Landfall-Error"))
                .isEqualTo("NoSuchObject");
    }

    @Test
    void deletedObjectIsGoneAndDeletingTwiceIsNoError() {
        Http.put(at("x"), "hello");
        assertThat(Http.send(at("x"), "DELETE", null).status()).isEqualTo(204);
        assertThat(Http.send(at("x"), "DELETE", null).status()).isEqualTo(204);
        assertThat(Http.get(at("x")).code()).isEqualTo("NoSuchObject");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: evil.example",
                "Host: 127.0.0.1.evil.example:8080",
                "Host: 10.0.0.1:8080",
                "Host:",
                "Origin: https://evil.example",
                "Origin: http://localhost.evil.example",
                "Origin: null"
            })
    void webPagesOfOthersAreRefused(String header) {
        var reply = Http.put(at("page"), "x", header);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.code()).isEqualTo("InvalidArgument");
        assertThat(reply.text()).contains(header.startsWith("Host") ? "Host" : "Origin");
        assertThat(Http.get(at("page")).status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: LOCALHOST",
                "Host: 127.0.0.1:8080",
                "Host: [::1]:8080",
                "Origin: http://localhost:3000",
                "Origin: http://[::1]"
            })
    void callersOfThisMachineAreServed(String header) {
        assertThat(Http.put(at("page"), "x", header).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a+b | a+b",
                "a%20b | a b",
                "a%2Fb | a/b",
                "a//b | a//b",
                "%C3%BC | ü",
                "a;v=1 | a;v=1",
                "100%25 | 100%",
                "a%2541 | a%41",
                "...a/b... | ...a/b...",
                "x%2F%2Fy/ | x//y/"
            })
    void namesAreDecodedExactlyOnce(String raw, String name) {
        assertThat(Http.put(at(raw), "hello").status()).isEqualTo(200);
        assertThat(shared.node().store.lookup(ObjectKey.of(shared.bucket(), name)))
                .isPresent();
        assertThat(Http.get(at(raw)).text()).isEqualTo("hello");
    }

    @ParameterizedTest
    @CsvSource({
        "../x, InvalidObjectName",
        "%2e%2e/x, InvalidObjectName",
        "a/../b, InvalidObjectName",
        "a/%2E%2e/b, InvalidObjectName",
        "a%2F..%2Fb, InvalidObjectName",
        "./x, InvalidObjectName",
        "a%00b, InvalidObjectName",
        "%ff, InvalidArgument",
        "'', InvalidObjectName"
    })
    void badNamesAreRefusedAndNeverNormalised(String raw, String code) {
        Set<Path> before = shared.files();
        var reply = Http.put(at(raw), "hello");
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.code()).isEqualTo(code);
        assertThat(before).containsAll(shared.files());
    }

    /** The HTTP parser refuses these by itself, before there is a request to answer. */
    @ParameterizedTest
    @ValueSource(strings = {"a%zz", "a%", "a%f", "a<b"})
    void whatIsNoUrlIsRefused(String raw) {
        assertThat(Http.put(at(raw), "hello").status()).isEqualTo(400);
    }

    @Test
    void clientsCannotSpeakAsNodes() {
        String origin = Base64.getEncoder().encodeToString("{\"pipeline\":\"p\"}".getBytes(StandardCharsets.UTF_8));
        assertThat(Http.put(at("x"), "a", "Landfall-Origin: " + origin, "Landfall-Cause: pipeline")
                        .status())
                .isEqualTo(200);
        var record =
                shared.node().store.lookup(ObjectKey.of(shared.bucket(), "x")).orElseThrow();
        assertThat(record.origin()).isNull();
        assertThat(record.cause()).isEqualTo(ChangeCause.CLIENT);
    }

    @Test
    void listIsPagedAndSorted() {
        List<String> names = new ArrayList<>(List.of("a", "b/1", "b/2", "c", "ü"));
        names.forEach(name -> Http.put(at(dev.landfall.ingest.http.Percent.encode(name)), "x"));
        String list = shared.url("/api/v1/objects/" + shared.bucket());

        var first = Http.get(list + "?limit=2").json();
        var second =
                Http.get(list + "?limit=2&after=" + first.path("next").asText()).json();
        var third = Http.get(list + "?limit=2&after=" + second.path("next").asText())
                .json();

        assertThat(first.path("objects").findValuesAsText("name")).containsExactly("a", "b/1");
        assertThat(second.path("objects").findValuesAsText("name")).containsExactly("b/2", "c");
        assertThat(third.path("objects").findValuesAsText("name")).containsExactly("ü");
        assertThat(third.has("next")).isFalse();
        assertThat(Http.get(list + "?prefix=b%2F").json().path("objects").findValuesAsText("name"))
                .containsExactly("b/1", "b/2");
        assertThat(Http.get(list + "?limit=0").code()).isEqualTo("InvalidArgument");
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }
}
