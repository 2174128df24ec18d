package dev.landfall.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.landfall.model.BucketName;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.Generation;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.Partitions;
import dev.landfall.model.WritebackMode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LandfallClientTest {
    private static final ObjectKey KEY = ObjectKey.of("photos", "a b/ü+%.jpg");

    private interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    private final List<String> seen = Collections.synchronizedList(new ArrayList<>());
    private final List<HttpServer> servers = new ArrayList<>();
    private Answer answer = exchange -> reply(exchange, 404, "{}");
    private URI first;
    private URI second;

    @BeforeEach
    void startTwoNodes() throws IOException {
        first = serve("n1");
        second = serve("n2");
    }

    @AfterEach
    void stop() {
        servers.forEach(server -> server.stop(0));
    }

    @Test
    void goesToTheOwnerWithTheBytesAndTheHeaders() {
        answer = exchange -> {
            assertThat(exchange.getRequestBody().readAllBytes()).asString().isEqualTo("body");
            assertThat(exchange.getRequestHeaders().getFirst("Landfall-Writeback"))
                    .isEqualTo("sync");
            assertThat(exchange.getRequestHeaders().getFirst("Content-length")).isEqualTo("4");
            exchange.getResponseHeaders().add("ETag", "\"abc\"");
            exchange.getResponseHeaders()
                    .add("Landfall-Generation", Generation.of(1, 7).toString());
            reply(exchange, 200, "");
        };
        try (var client = LandfallClient.to(first)) {
            // when
            PutResult result = client.put(
                    KEY, "body".getBytes(StandardCharsets.UTF_8), PutOptions.NONE.withWriteback(WritebackMode.SYNC));

            // then
            assertThat(result).isEqualTo(new PutResult("abc", Generation.of(1, 7)));
            assertThat(seen)
                    .containsExactly(
                            "n1 GET /api/v1/cluster", owner() + " PUT /api/v1/objects/photos/a%20b/%C3%BC%2B%25.jpg");
        }
    }

    @Test
    void asksAnotherNodeWhenTheOwnerIsDown() {
        answer = exchange -> {
            exchange.getResponseHeaders()
                    .add("Landfall-Generation", Generation.of(1, 1).toString());
            reply(exchange, 200, "");
        };
        String owner = owner();
        URI other = owner.equals("n1") ? second : first;
        try (var client = LandfallClient.to(other)) {
            client.head(KEY);
            servers.get(owner.equals("n1") ? 0 : 1).stop(0);
            seen.clear();

            // when
            ObjectStat stat = client.head(KEY);

            // then
            assertThat(stat.generation()).isEqualTo(Generation.of(1, 1));
            assertThat(seen).singleElement().asString().startsWith(owner.equals("n1") ? "n2 HEAD" : "n1 HEAD");
        }
    }

    @Test
    void anAbsentObjectIsNamedThoughTheReplyHasNoBody() {
        try (var client = LandfallClient.to(first)) {
            assertThatExceptionOfType(LandfallException.class)
                    .isThrownBy(() -> client.head(KEY))
                    .withMessage("There is no object " + KEY)
                    .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.NO_SUCH_OBJECT));
        }
    }

    @Test
    void refusesWhatIsNotTheAddressOfAServer() {
        for (String wrong : List.of("foo", "localhost:8080", "ftp://127.0.0.1", "")) {
            assertThatExceptionOfType(LandfallException.class)
                    .isThrownBy(() -> LandfallClient.to(URI.create(wrong)))
                    .withMessageContaining("\"" + wrong + "\"")
                    .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
        }
    }

    @Test
    void namesTheErrorOfTheServerAndTheOneOfNoServer() {
        answer = exchange -> {
            exchange.getResponseHeaders().add("Retry-After", "3");
            reply(exchange, 503, "{\"status\":503,\"code\":\"DirtyLimit\",\"message\":\"Too much waits\"}");
        };
        try (var client = LandfallClient.to(first)) {
            assertThatExceptionOfType(LandfallException.class)
                    .isThrownBy(() -> client.buckets())
                    .withMessage("Too much waits")
                    .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.DIRTY_LIMIT))
                    .satisfies(e -> assertThat(e.retryAfter()).isEqualTo(Duration.ofSeconds(3)));
            stop();
            assertThatExceptionOfType(LandfallException.class)
                    .isThrownBy(() -> client.buckets())
                    .withMessageContaining("LANDFALL_URL")
                    .withMessageContaining("answers at " + first + ";")
                    .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.OWNER_UNAVAILABLE));
        }
    }

    @Test
    void listsPageAfterPage() {
        answer = exchange -> {
            boolean start = exchange.getRequestURI().getRawQuery().contains("after=&");
            reply(exchange, 200, start ? page("a", "\"next\":\"a\"") : page("b", "\"next\":null"));
        };
        try (var client = LandfallClient.to(first)) {
            List<String> names = new ArrayList<>();
            client.list(new BucketName("photos"), "")
                    .forEachRemaining(o -> names.add(o.key().name() + o.size()));
            assertThat(names).containsExactly("a3", "b3");
        }
    }

    @Test
    void keepsTheOldFileWhenABodyBreaksOff(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("f"), "old");
        answer = exchange -> {
            exchange.getResponseHeaders()
                    .add("Landfall-Generation", Generation.of(1, 1).toString());
            exchange.sendResponseHeaders(200, 10);
            exchange.getResponseBody().write(new byte[5]);
            exchange.getResponseBody().flush();
            throw new IOException("hang up");
        };
        try (var client = LandfallClient.to(first)) {
            assertThatExceptionOfType(LandfallException.class)
                    .isThrownBy(() -> client.get(KEY, file))
                    .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INCOMPLETE_BODY));
        }
        assertThat(file).hasContent("old");
        assertThat(directory.toFile().list()).containsExactly("f");
    }

    @Test
    void aStreamThatFailsNeverLooksWhole() throws Exception {
        // given a raw server that keeps every byte of the request
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var received = new CompletableFuture<String>();
            Thread.ofVirtual().start(() -> {
                var bytes = new ByteArrayOutputStream();
                try (var socket = server.accept()) {
                    for (int b; (b = socket.getInputStream().read()) >= 0; ) {
                        bytes.write(b);
                    }
                } catch (IOException e) {
                    // reset: as good as the end
                }
                received.complete(bytes.toString(StandardCharsets.ISO_8859_1));
            });
            var options = new LandfallClient.Options(Duration.ofSeconds(5), Duration.ofSeconds(5), 2, false);
            URI url = URI.create("http://127.0.0.1:" + server.getLocalPort());
            try (var client = LandfallClient.to(List.of(url), options)) {
                // when
                assertThatExceptionOfType(LandfallException.class)
                        .isThrownBy(() -> client.put(KEY, new FailingStream(100_000), -1, PutOptions.NONE))
                        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INCOMPLETE_BODY));
            }
            // then
            assertThat(received.get(30, TimeUnit.SECONDS))
                    .containsIgnoringCase("Transfer-Encoding: chunked")
                    .doesNotContain("\r\n0\r\n");
        }
    }

    private static final class FailingStream extends InputStream {
        private int left;

        FailingStream(int length) {
            left = length;
        }

        @Override
        public int read() throws IOException {
            if (left-- <= 0) {
                throw new IOException("the disk is gone");
            }
            return 'x';
        }
    }

    @Test
    void changesAndFlushesMayTakeLongerThanReads() {
        var released = new CountDownLatch(1);
        answer = exchange -> {
            try {
                released.await(600, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            reply(exchange, 200, "{\"clean\":true}");
        };
        var options = new LandfallClient.Options(Duration.ofSeconds(5), Duration.ofMillis(200), 4, false);
        try (var client = LandfallClient.to(List.of(first), options)) {
            assertThat(client.flush(new BucketName("photos"), Duration.ofMillis(500))
                            .path("clean")
                            .asBoolean())
                    .isTrue();
            client.deleteBucket(new BucketName("photos"));
            assertThatExceptionOfType(LandfallException.class).isThrownBy(client::buckets);
        } finally {
            released.countDown();
        }
    }

    @Test
    void aChangeWhoseReplyIsLostIsSaidToBeUnknown() {
        answer = exchange -> exchange.close();
        try (var client = LandfallClient.to(first)) {
            assertThatExceptionOfType(LandfallException.class)
                    .isThrownBy(() -> client.delete(KEY))
                    .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.OUTCOME_UNKNOWN));
        }
    }

    private static String page(String name, String next) {
        return "{\"objects\":[{\"name\":\"" + name + "\",\"size\":3,\"etag\":\"e\",\"generation\":\"0000010000000001\","
                + "\"state\":\"clean\"}]," + next + "}";
    }

    private static String owner() {
        return Partitions.of(KEY, 2) == 0 ? "n1" : "n2";
    }

    private URI serve(String id) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            seen.add(id + " " + exchange.getRequestMethod() + " "
                    + exchange.getRequestURI().getRawPath());
            if (exchange.getRequestURI().getPath().equals("/api/v1/cluster")) {
                reply(
                        exchange,
                        200,
                        "{\"nodes\":{\"n1\":{\"id\":\"n1\",\"http\":\"" + first
                                + "\"},\"n2\":{\"id\":\"n2\",\"http\":\"" + second
                                + "\"}},\"map\":{\"version\":1,\"owners\":[{\"node\":\"n1\",\"epoch\":1},{\"node\":\"n2\",\"epoch\":1}]}}");
            } else {
                answer.to(exchange);
            }
        });
        server.start();
        servers.add(server);
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private static void reply(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
