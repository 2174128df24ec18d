package dev.landfall.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/** Jobs over HTTP. */
final class Jobs {
    private Jobs() {}

    /** A job that makes objects of the files below a directory. */
    static String promote(String bucket, Path directory, String prefix) {
        return "{\"kind\":\"promote\",\"bucket\":\"" + bucket + "\",\"path\":\"" + directory + "\",\"prefix\":\""
                + prefix + "\"}";
    }

    static String submit(Api api, String json) {
        Api.Reply reply = api.send("POST", "/api/v1/jobs", json.getBytes(StandardCharsets.UTF_8));
        assertThat(reply.status()).as(reply.text()).isBetween(200, 202);
        String id = reply.json().path("id").asText();
        assertThat(id).as(reply.text()).isNotEmpty();
        return id;
    }

    static JsonNode awaitDone(Api api, String id) {
        JsonNode[] last = new JsonNode[1];
        await("job " + id + " is done")
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(() -> {
                    last[0] = api.send("GET", "/api/v1/jobs/" + id, null)
                            .expect(200)
                            .json();
                    assertThat(last[0].path("state").asText())
                            .as(last[0].toString())
                            .isEqualTo("done");
                });
        return last[0];
    }
}
