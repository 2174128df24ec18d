package dev.landfall.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The proxy does what the tests behind it rely on. */
class FaultProxyTest {
    private final AtomicInteger requests = new AtomicInteger();
    private HttpServer server;
    private FaultProxy proxy;
    private Api api;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
        server.createContext("/", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            requests.incrementAndGet();
            exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        proxy = FaultProxy.to(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()));
        api = new Api(proxy.uri());
    }

    @AfterEach
    void stop() {
        proxy.close();
        server.stop(0);
    }

    @Test
    void passesOnAndCounts() {
        byte[] body = Bytes.random(1, 300_000);
        assertThat(api.put("b", "x", body).expect(200).body()).isEqualTo(body);
        assertThat(proxy.bytesToServer()).isBetween(300_000L, 310_000L);
        assertThat(proxy.bytesToClient()).isBetween(300_000L, 310_000L);
    }

    @Test
    void answersInsteadOfTheServer() {
        api.put("b", "on a connection that stays open", new byte[10]).expect(200);
        requests.set(0);
        proxy.set(new FaultProxy.Answer(403, "AccessDenied"));
        Api.Reply reply = api.put("b", "x", new byte[100_000]).expect(403);
        assertThat(reply.text()).contains("<Code>AccessDenied</Code>");
        assertThat(requests).hasValue(0);
        proxy.set(FaultProxy.NONE);
        api.put("b", "x", new byte[10]).expect(200);
    }

    @Test
    void losesTheReplyOfWhatTheServerDid() {
        proxy.set(new FaultProxy.LoseReply());
        assertThatThrownBy(() -> api.put("b", "x", new byte[10])).isInstanceOf(UncheckedIOException.class);
        assertThat(requests).hasPositiveValue();
    }

    @Test
    void cutsAndResets() {
        proxy.set(new FaultProxy.CutAfter(50_000));
        assertThatThrownBy(() -> api.put("b", "x", new byte[200_000])).isInstanceOf(UncheckedIOException.class);
        proxy.set(new FaultProxy.Reset());
        assertThatThrownBy(() -> api.put("b", "x", new byte[10])).isInstanceOf(UncheckedIOException.class);
        assertThat(requests).hasValue(0);
    }

    @Test
    void delays() {
        proxy.set(new FaultProxy.Delay(Duration.ofMillis(150)));
        long start = System.nanoTime();
        api.put("b", "x", new byte[10]).expect(200);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(250));
    }
}
