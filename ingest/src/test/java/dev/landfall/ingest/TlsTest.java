package dev.landfall.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.ingest.http.PemFiles;
import dev.landfall.ingest.http.Tls;
import dev.landfall.model.LandfallException;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlsTest {
    private static final char[] PASSWORD = "password".toCharArray();

    @TempDir
    private Path dir;

    /** What {@code keytool} makes, as PEM files. */
    private record Made(PemFiles files, Certificate certificate) {
        SSLContext trust() throws Exception {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setCertificateEntry("server", certificate);
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        }
    }

    private Made made(String name, String algorithm) throws Exception {
        Path store = dir.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        algorithm,
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=ip:127.0.0.1,dns:localhost",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(said).isZero();
        KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD);
        Certificate certificate = keys.getCertificate("server");
        return new Made(
                new PemFiles(
                        pem(name + ".crt", "CERTIFICATE", certificate.getEncoded()),
                        pem(
                                name + ".key",
                                "PRIVATE KEY",
                                keys.getKey("server", PASSWORD).getEncoded())),
                certificate);
    }

    private Path pem(String name, String kind, byte[] bytes) throws IOException {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        return Files.writeString(
                dir.resolve(name), "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
    }

    @Test
    void bothFrontDoorsSpeakTls() throws Exception {
        Made made = made("server", "EC");
        var cluster = new FakeCluster(new FakeCluster.State("n1", TestNode.PARTITIONS, List.of("n1")), "n1");
        try (TestNode node = TestNode.startWithTls(cluster, dir.resolve("node"), made.files());
                HttpClient http =
                        HttpClient.newBuilder().sslContext(made.trust()).build()) {
            assertThat(node.ingest.httpUrl()).startsWith("https://127.0.0.1:");
            assertThat(send(http, "PUT", node.url("/api/v1/buckets/tls"), "{}".getBytes(StandardCharsets.UTF_8))
                            .statusCode())
                    .isEqualTo(200);
            byte[] body = new byte[5_000_000];
            new Random(1).nextBytes(body);
            for (byte[] each : List.of(body, new byte[0], new byte[] {1})) {
                assertThat(send(http, "PUT", node.url("/api/v1/objects/tls/x"), each)
                                .statusCode())
                        .isEqualTo(200);
                assertThat(send(http, "GET", node.url("/api/v1/objects/tls/x"), null)
                                .body())
                        .isEqualTo(each);
            }
            var anonymous = send(http, "GET", node.ingest.s3Url() + "/tls/x", null);
            assertThat(anonymous.statusCode()).isEqualTo(403);
            assertThat(new String(anonymous.body(), StandardCharsets.UTF_8)).contains("AccessDenied");
            plainTextIsNotAnswered(node);
            try (HttpClient strangers = HttpClient.newHttpClient()) {
                assertThatThrownBy(() -> send(strangers, "GET", node.url("/health/live"), null))
                        .isInstanceOf(SSLException.class);
            }
        }
    }

    private static void plainTextIsNotAnswered(TestNode node) throws IOException {
        try (Socket socket = Http.connect(URI.create(node.ingest.httpUrl()))) {
            socket.getOutputStream()
                    .write("GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            byte[] answer;
            try {
                answer = socket.getInputStream().readAllBytes();
            } catch (java.net.SocketException e) {
                return; // reset, which is as good
            }
            assertThat(new String(answer, StandardCharsets.ISO_8859_1)).doesNotContain("HTTP/1.1 200");
        }
    }

    private static HttpResponse<byte[]> send(HttpClient http, String method, String url, byte[] body)
            throws IOException, InterruptedException {
        var publisher =
                body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofByteArray(body);
        return http.send(
                HttpRequest.newBuilder(URI.create(url))
                        .method(method, publisher)
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "Ed25519"})
    void keysOfEveryKindAreRead(String algorithm) throws Exception {
        assertThat(Tls.of(made("server", algorithm).files())).isNotNull();
    }

    @Test
    void whatIsWrongIsSaidWithTheFile() throws Exception {
        Made one = made("one", "EC");
        Made other = made("other", "EC");
        Path nothing = dir.resolve("nothing");
        Path empty = Files.createFile(dir.resolve("empty"));
        Path encrypted = pem("encrypted", "ENCRYPTED PRIVATE KEY", new byte[100]);
        Path nonsense = pem("nonsense", "PRIVATE KEY", new byte[100]);
        Path certificate = one.files().certificate();
        Path key = one.files().key();
        wrong(certificate, other.files().key(), "is not the key of the first certificate");
        wrong(nothing, key, "nothing cannot be read");
        wrong(certificate, nothing, "nothing cannot be read");
        wrong(empty, key, "empty has no certificate");
        wrong(key, key, "one.key is not a chain");
        wrong(certificate, certificate, "one.crt has no unencrypted PKCS#8 key");
        wrong(certificate, encrypted, "openssl pkcs8");
        wrong(certificate, nonsense, "nonsense is not a key of");
    }

    private static void wrong(Path certificate, Path key, String said) {
        assertThatThrownBy(() -> Tls.of(new PemFiles(certificate, key)))
                .isInstanceOf(LandfallException.class)
                .hasMessageContaining(said);
    }
}
