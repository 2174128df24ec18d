package dev.landfall.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests whose end two readers could see in different places, lies about chunks, and many requests in one go. */
@ResourceLock(SharedNode.LOCK)
class HostileHttpTest {
    @RegisterExtension
    final SharedNode shared = new SharedNode();

    private static final String OK = "HTTP/1.1 200";

    /** All that the server sends until it closes the connection, or has nothing more to say after {@code Connection: close}. */
    private String talk(String bytes) throws IOException {
        try (Socket socket = Http.connect(URI.create(shared.url("")))) {
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            return drain(socket.getInputStream());
        }
    }

    private static String drain(InputStream in) throws IOException {
        var all = new java.io.ByteArrayOutputStream();
        try {
            in.transferTo(all);
        } catch (SocketException e) {
            // reset after the reply: what came counts
        }
        return all.toString(StandardCharsets.ISO_8859_1);
    }

    private String victim() {
        assertThat(Http.put(shared.at("victim"), "here").status()).isEqualTo(200);
        return "DELETE /api/v1/objects/" + shared.bucket() + "/victim HTTP/1.1\r\nHost: localhost\r\n\r\n";
    }

    private String put(String... lines) {
        return "PUT /api/v1/objects/" + shared.bucket() + "/x HTTP/1.1\r\nHost: localhost\r\n"
                + String.join("\r\n", lines) + "\r\n\r\n";
    }

    /** What a proxy in front could have taken for the body of the first request must not be done as a second one. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 4\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\nContent-Length: 4",
                "Content-Length: 0\nContent-Length: 200",
                "Content-Length: 200\nContent-Length: 0",
                "Content-Length: 5\nContent-Length: 5",
                "Content-Length: 0, 0",
                "Content-Length: +0",
                "Content-Length: -1",
                "Content-Length: 0x0",
                "Content-Length: 99999999999999999999",
                "Content-Length:",
                "Transfer-Encoding: chunked\nTransfer-Encoding: identity",
                "Transfer-Encoding: identity, chunked",
                "Transfer-Encoding: chunked, identity",
                "Transfer-Encoding: xchunked",
                "Transfer-Encoding: \"chunked\"",
                "Transfer-Encoding: identity",
                "Transfer-Encoding : chunked",
                "Content-Length : 0",
                "X: y\rContent-Length: 0",
                "Host: localhost\nContent-Length: 0",
                "Transfer-Encoding:\u000bchunked"
            })
    void requestsOfTwoMeaningsAreRefusedAndNothingFollowsThem(String lines) throws IOException {
        String smuggled = victim();
        String answer = talk(put(lines.split("\n")) + "0\r\n\r\n" + smuggled);
        assertThat(answer).as(lines).doesNotContain("HTTP/1.1 204").doesNotContain(OK);
        assertThat(answer.split("HTTP/1\\.1 ", -1).length - 1).as(answer).isLessThanOrEqualTo(1);
        assertThat(Http.get(shared.at("victim")).text()).isEqualTo("here");
        assertThat(Http.get(shared.at("x")).status()).isEqualTo(404);
    }

    /** RFC 9112, 2.2 and 5.2: read as one line end, and as one line. Never as two requests. */
    @Test
    void bareLineFeedsAndFoldedLinesHaveOneMeaning() throws IOException {
        String smuggled = victim();
        String body = smuggled.substring(0, 40);
        String bare =
                talk(put("Content-Length: 40").replace("\r\n", "\n") + body + "GET /health/live HTTP/1.1\nHost: a\n\n");
        assertThat(bare.split("HTTP/1\\.1 ", -1).length - 1).isLessThanOrEqualTo(2);
        String folded =
                talk(put("X-Folded: a", " Content-Length: 3", "Content-Length: 40", "Connection: close") + body);
        assertThat(folded.split("HTTP/1\\.1 ", -1).length - 1).isEqualTo(1);
        assertThat(Http.get(shared.at("victim")).text()).isEqualTo("here");
        assertThat(Http.get(shared.at("x")).body().length).isEqualTo(40);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "5\nhel",
                "ffffffffffffffffff\nhello\n0\n\n",
                "7fffffffffffffff\nhello\n0\n\n",
                "-5\nhello\n0\n\n",
                "0x5\nhello\n0\n\n",
                "\nhello\n0\n\n",
                "g\nhello\n0\n\n",
                "5\nhello0\n\n"
            })
    void chunksThatLieAreNotStored(String chunks) throws IOException {
        String smuggled = victim();
        String answer = talk(put("Transfer-Encoding: chunked") + chunks.replace("\n", "\r\n"));
        assertThat(answer).doesNotContain(OK);
        assertThat(Http.get(shared.at("x")).status()).isEqualTo(404);
        talk(put("Transfer-Encoding: chunked") + chunks.replace("\n", "\r\n") + smuggled);
        assertThat(Http.get(shared.at("victim")).text()).isEqualTo("here");
    }

    /** The parser passes over what it cannot read between chunks: so nothing is ever taken for a request behind them. */
    @ParameterizedTest
    @ValueSource(strings = {"4\nhello\n0\n\n", "5\nhello\nzz\n\n", "5\nhello\n0x5\n\n", "5;a=b\nhello\n0;c\n\n"})
    void nothingFollowsAChunkedRequest(String chunks) throws IOException {
        String smuggled = victim();
        String answer = talk(put("Transfer-Encoding: chunked") + chunks.replace("\n", "\r\n") + smuggled);
        assertThat(answer.split("HTTP/1\\.1 ", -1).length - 1).as(answer).isLessThanOrEqualTo(1);
        assertThat(Http.get(shared.at("victim")).text()).isEqualTo("here");
    }

    @Test
    void pipelinedRequestsAreAnsweredInTheirOrder() throws IOException {
        var all = new StringBuilder();
        List<String> wanted = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            String at = "/api/v1/objects/" + shared.bucket() + "/p" + i + " HTTP/1.1\r\nHost: localhost\r\n";
            String body = "body " + i;
            all.append("PUT ")
                    .append(at)
                    .append("Content-Length: ")
                    .append(body.length())
                    .append("\r\n\r\n");
            all.append(body);
            all.append("GET ").append(at).append(i == 49 ? "Connection: close\r\n\r\n" : "\r\n");
            wanted.add(body);
        }
        try (Socket socket = Http.connect(URI.create(shared.url("")))) {
            socket.getOutputStream().write(all.toString().getBytes(StandardCharsets.US_ASCII));
            for (String body : wanted) {
                assertThat(Http.read(socket.getInputStream(), false).status()).isEqualTo(200);
                assertThat(Http.read(socket.getInputStream(), false).text()).isEqualTo(body);
            }
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\n\r\n",
                "GET /\r\n\r\n",
                "GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
                "\u0016\u0003\u0001\u0002\u0000\u0001\u0000",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "GET\t/\tHTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: localhost\r\nA\u0000B: c\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: localhost\r\n: c\r\n\r\n",
                "CONNECT 127.0.0.1:9 HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET http://127.0.0.1:9/api/v1/cluster/x HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "\r\n\r\n\r\n"
            })
    void whatIsHardlyHttpIsRefused(String bytes) throws IOException {
        assertThat(talk(bytes)).doesNotContain(OK);
        assertThat(Http.get(shared.url("/health/live")).status()).isEqualTo(200);
    }

    @Test
    void manyHeadersAndALongLineAreRefused() throws IOException {
        assertThat(talk("GET / HTTP/1.1\r\nHost: localhost\r\n" + "a: b\r\n".repeat(5000) + "\r\n"))
                .doesNotContain(OK);
        assertThat(talk("GET /" + "a".repeat(300_000) + " HTTP/1.1\r\n\r\n")).doesNotContain(OK);
        assertThat(talk("GET /?" + "a=b&".repeat(9_000) + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                .doesNotContain(OK);
    }

    @Test
    void anUpgradeIsNotTaken() throws IOException {
        String answer = talk("GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\n"
                + "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n");
        assertThat(answer).startsWith(OK).doesNotContain("101 ");
    }
}
