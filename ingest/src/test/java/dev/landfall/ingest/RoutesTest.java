package dev.landfall.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Buckets, health and what is not there. */
@ResourceLock(SharedNode.LOCK)
class RoutesTest {
    @RegisterExtension
    final SharedNode shared = new SharedNode();

    private String at(String name) {
        return shared.at(name);
    }

    @Test
    void errorsAreJsonWithTheRequestId() {
        var reply = Http.get(at("nothing"), "X-Request-Id: my-id-1");
        assertThat(reply.json().path("status").asInt()).isEqualTo(404);
        assertThat(reply.json().path("key").asText()).isEqualTo(shared.bucket() + "/nothing");
        assertThat(reply.json().path("requestId").asText()).isEqualTo("my-id-1");
        assertThat(reply.json().path("message").asText()).isNotEmpty();
        assertThat(reply.header("Content-Type")).isEqualTo("application/json");
    }

    @Test
    void unknownPathsAndMethodsAreSaid() {
        assertThat(Http.get(shared.url("/v1/buckets")).code()).isEqualTo("NoSuchRoute");
        var reply = Http.send(at("x"), "PATCH", null);
        assertThat(reply.status()).isEqualTo(405);
        assertThat(reply.header("Allow")).isEqualTo("DELETE, GET, HEAD, PUT");
    }

    @Test
    void bucketsLiveAndDie() {
        String url = shared.url("/api/v1/buckets/" + shared.bucket());
        assertThat(Http.get(url).json().path("writeback").path("mode").asText()).isEqualTo("local");
        assertThat(Http.get(url).json().path("dirty").path("objects").asInt()).isZero();
        assertThat(Http.get(shared.url("/api/v1/buckets")).text()).contains("\"" + shared.bucket() + "\"");
        assertThat(Http.send(url + "/flush?timeout=5s", "POST", new byte[0])
                        .json()
                        .path("clean")
                        .asBoolean())
                .isTrue();
        Http.put(at("x"), "a");
        assertThat(Http.send(url, "DELETE", null).code()).isEqualTo("BucketNotEmpty");
        Http.send(at("x"), "DELETE", null);
        assertThat(Http.send(url, "DELETE", null).status()).isEqualTo(204);
        assertThat(Http.get(url).code()).isEqualTo("NoSuchBucket");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ | MalformedJson",
                "{\"writeback\":{\"mode\":\"async\"}} | InvalidArgument",
                "{\"colour\":1} | MalformedJson",
                "{\"writeback\":{\"mode\":\"async\",\"remote\":\"s3://abc\",\"endpoint\":\"mars\"}} | InvalidArgument",
                "{\"copies\":2} | InvalidArgument"
            })
    void badBucketSpecsAreRefused(String json, String code) {
        assertThat(Http.put(shared.url("/api/v1/buckets/new-bucket"), json).code())
                .isEqualTo(code);
    }

    @Test
    void anotherSpecUnderTheNameIsRefusedAndTheSameIsNot() {
        String url = shared.url("/api/v1/buckets/" + shared.bucket());
        assertThat(Http.put(url, "{\"durability\":\"os\"}").code()).isEqualTo("BucketExists");
        assertThat(Http.put(url, "").status()).isEqualTo(200);
        assertThat(Http.put(shared.url("/api/v1/buckets/No"), "{}").code()).isEqualTo("InvalidBucketName");
    }

    @Test
    void healthClusterAndMetricsAreShown() {
        assertThat(Http.get(shared.url("/health/live")).status()).isEqualTo(200);
        assertThat(Http.get(shared.url("/health/ready")).status()).isEqualTo(200);
        var cluster = Http.get(shared.url("/api/v1/cluster")).json();
        assertThat(cluster.path("map").path("owners").size()).isEqualTo(TestNode.PARTITIONS);
        assertThat(cluster.path("nodes").path(0).path("http").asText())
                .isEqualTo(shared.node().ingest.httpUrl());
        assertThat(Http.get(shared.url("/metrics")).text())
                .contains("landfall_http_requests_seconds_count", "landfall_outbox_depth");
    }
}
