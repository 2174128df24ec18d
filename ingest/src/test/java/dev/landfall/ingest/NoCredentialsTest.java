package dev.landfall.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Walks every route of every door of a node that asks for credentials, without any. */
class NoCredentialsTest {
    @RegisterExtension
    static final GuardedNodes NODES = new GuardedNodes();

    private static final List<String> METHODS =
            List.of("GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS", "PATCH", "TRACE", "QUERY");

    @Test
    void everyRouteAsksForCredentials() {
        Map<String, List<String>> doors = NODES.one().ingest.templates();
        assertThat(doors.keySet()).hasSize(3).doesNotContainNull();
        int walked = 0;
        for (var door : doors.entrySet()) {
            assertThat(door.getValue()).isNotEmpty();
            for (String template : door.getValue()) {
                String path = path(template);
                for (String method : METHODS) {
                    int status = Http.send(door.getKey() + path, method, null).status();
                    if (path.startsWith("/health/")) {
                        assertThat(status).as("%s %s", method, path).isNotIn(401, 403);
                    } else {
                        assertThat(status)
                                .as("%s %s%s", method, door.getKey(), path)
                                .isIn(401, 403);
                        walked++;
                    }
                }
            }
        }
        assertThat(walked).isGreaterThan(100);
    }

    /** The native routes; those of the S3 API are one, and take signatures only. */
    @Test
    void aKeyForOneBucketOpensNothingElse() {
        var made = Http.send(
                NODES.one().url("/api/v1/keys"),
                "POST",
                "{\"write\":[\"its-own-bucket\"]}".getBytes(StandardCharsets.UTF_8),
                GuardedNodes.bearer(GuardedNodes.ACCESS, GuardedNodes.SECRET));
        String bearer = GuardedNodes.bearer(
                made.json().path("accessKey").asText(),
                made.json().path("secretKey").asText());
        String front = NODES.one().ingest.httpUrl();
        int walked = 0;
        for (String template : NODES.one().ingest.templates().get(front)) {
            if (template.startsWith("/s3") || template.startsWith("/health/")) {
                continue;
            }
            for (String method : METHODS) {
                boolean open = Set.of("/api/v1/cluster", "/metrics").contains(template)
                        && (method.equals("GET") || method.equals("HEAD"));
                assertThat(Http.send(front + path(template), method, null, bearer)
                                .status())
                        .as("%s %s", method, template)
                        .isIn(open ? Set.of(200, 405) : Set.of(403));
                walked++;
            }
        }
        assertThat(walked).isGreaterThan(60);
    }

    private static String path(String template) {
        return template.replaceAll("\\{[a-z]+\\.\\.\\.}", "some/name").replaceAll("\\{[a-z]+}", "some");
    }

    @Test
    void whatIsNoRouteAsksToo() {
        for (String path : List.of("/", "/api/v1/nothing", "/metrics", "/%2e%2e/health/live", "/s3/a/b")) {
            assertThat(Http.get(NODES.one().url(path)).status()).as(path).isIn(401, 403);
        }
    }

    @Test
    void wrongCredentialsAreNone() {
        String path = NODES.one().url("/api/v1/cluster");
        assertThat(Http.get(path).code()).isEqualTo("CredentialsRequired");
        assertThat(Http.get(path, GuardedNodes.bearer(GuardedNodes.ACCESS, "guessed"))
                        .code())
                .isEqualTo("SignatureDoesNotMatch");
        assertThat(Http.get(path, GuardedNodes.bearer("nobody", "guessed")).code())
                .isEqualTo("InvalidAccessKeyId");
        assertThat(Http.get(path, "Authorization: Basic YTpi").code()).isEqualTo("InvalidRequest");
        assertThat(Http.get(path, GuardedNodes.bearer(GuardedNodes.ACCESS, GuardedNodes.SECRET))
                        .status())
                .isEqualTo(200);
        assertThat(SignedRequest.of("GET", path, new byte[0], SignedRequest.How.ADMIN)
                        .send()
                        .status())
                .isEqualTo(200);
    }

    @Test
    void nodesProveWhoTheyAre() {
        String path = NODES.one().ingest.peerUrl() + "/node/v1/seen?offset=0";
        assertThat(Http.get(path, "Landfall-Peer: 1").code()).isEqualTo("AccessDenied");
        assertThat(Http.get(path, GuardedNodes.bearer(GuardedNodes.ACCESS, GuardedNodes.SECRET))
                        .code())
                .isEqualTo("AccessDenied");
    }
}
