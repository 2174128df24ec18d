package dev.landfall.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The HTTP API as any client calls it. Bad replies are returned, not thrown. */
record Api(URI base) {
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .build();
    private static final ObjectMapper JSON = new ObjectMapper();

    record Reply(int status, HttpResponse<byte[]> response) {
        byte[] body() {
            return response.body();
        }

        String text() {
            return new String(body(), StandardCharsets.UTF_8);
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        JsonNode json() {
            try {
                return JSON.readTree(body());
            } catch (IOException e) {
                throw new UncheckedIOException("Not JSON: " + text(), e);
            }
        }

        /** The error code of the body. */
        String code() {
            return json().path("code").asText();
        }

        Reply expect(int wanted) {
            if (status != wanted) {
                throw new AssertionError("Expected " + wanted + " of "
                        + response.request().method() + " " + response.uri() + ", got " + status + ": " + text());
            }
            return this;
        }
    }

    Reply put(String bucket, String name, byte[] body, String... headers) {
        return send("PUT", objectPath(bucket, name), body, headers);
    }

    Reply get(String bucket, String name, String... headers) {
        return send("GET", objectPath(bucket, name), null, headers);
    }

    Reply head(String bucket, String name) {
        return send("HEAD", objectPath(bucket, name), null);
    }

    Reply delete(String bucket, String name, String... headers) {
        return send("DELETE", objectPath(bucket, name), null, headers);
    }

    Api bucket(String bucket, String spec) {
        send("PUT", "/api/v1/buckets/" + bucket, spec.getBytes(StandardCharsets.UTF_8))
                .expect(200);
        return this;
    }

    Api asyncBucket(String bucket, String remote) {
        return bucket(bucket, "{\"writeback\":{\"mode\":\"async\",\"remote\":\"" + remote + "\"}}");
    }

    /** Waits until nothing of the bucket is dirty. */
    void flush(String bucket, Duration bound) {
        send("POST", "/api/v1/buckets/" + bucket + "/flush?timeout=" + bound.toSeconds() + "s", new byte[0])
                .expect(200);
    }

    /** The names of a bucket, over all pages. */
    List<String> list(String bucket, String prefix) {
        List<String> names = new ArrayList<>();
        String after = "";
        do {
            JsonNode page = send(
                            "GET",
                            "/api/v1/objects/" + bucket + "?limit=500&prefix=" + encode(prefix) + "&after="
                                    + encode(after),
                            null)
                    .expect(200)
                    .json();
            page.path("objects").forEach(object -> names.add(object.path("name").asText()));
            after = page.path("next").asText("");
        } while (!after.isEmpty());
        return names;
    }

    JsonNode cluster() {
        return send("GET", "/api/v1/cluster", null).expect(200).json();
    }

    /** The sum of all samples of a metric whose labels contain the text; 0 when there is none. */
    double metric(String name, String labels) {
        return send("GET", "/metrics", null)
                .expect(200)
                .text()
                .lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> line.contains(labels))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    Reply send(String method, String pathAndQuery, byte[] body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(pathAndQuery))
                .timeout(Duration.ofSeconds(90))
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            HttpResponse<byte[]> response = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            return new Reply(response.statusCode(), response);
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + base.resolve(pathAndQuery) + " got no answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static String objectPath(String bucket, String name) {
        return "/api/v1/objects/" + bucket + "/"
                + Arrays.stream(name.split("/", -1)).map(Api::encode).collect(Collectors.joining("/"));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
