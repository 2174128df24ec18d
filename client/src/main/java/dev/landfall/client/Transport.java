package dev.landfall.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.Json;
import dev.landfall.model.LandfallException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/** One request to one server. Errors the server names become {@link LandfallException}s; what the network does stays an IOException. */
final class Transport implements AutoCloseable {
    private static final int ERROR_LIMIT = 64 << 10;
    private static final int JSON_LIMIT = 64 << 20;

    private final CloseableHttpClient http;

    private final LandfallClient.Options options;

    Transport(LandfallClient.Options options) {
        this.options = options;
        Duration replyTimeout = options.replyTimeout();
        var manager = PoolingHttpClientConnectionManagerBuilder.create()
                .setMaxConnTotal(options.connections())
                .setMaxConnPerRoute(options.connections())
                .setDefaultSocketConfig(
                        SocketConfig.custom().setTcpNoDelay(true).build())
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(Timeout.of(options.connectTimeout()))
                        .setSocketTimeout(Timeout.of(replyTimeout))
                        .setValidateAfterInactivity(2, TimeUnit.SECONDS)
                        .build())
                .build();
        http = HttpClients.custom()
                .setConnectionManager(manager)
                .disableAutomaticRetries()
                .disableRedirectHandling()
                .disableContentCompression()
                .disableCookieManagement()
                .disableAuthCaching()
                .setUserAgent("landfall-client")
                .build();
    }

    /** The open reply of a success; the caller closes it. */
    ClassicHttpResponse open(
            URI base, String method, String path, Map<String, String> headers, @Nullable HttpEntity body)
            throws IOException {
        return open(base, method, path, headers, body, null);
    }

    private ClassicHttpResponse open(
            URI base,
            String method,
            String path,
            Map<String, String> headers,
            @Nullable HttpEntity body,
            @Nullable Duration timeout)
            throws IOException {
        URI target = Urls.at(base, path);
        var request = new HttpUriRequestBase(method, target);
        headers.forEach(request::setHeader);
        Credentials credentials = options.credentials();
        if (credentials != null) {
            request.setHeader("Authorization", credentials.header());
        }
        if (body != null) {
            request.setEntity(new WholeEntity(body, request));
        }
        boolean read = method.equals("GET") || method.equals("HEAD");
        Duration silence = timeout != null ? timeout : read ? options.replyTimeout() : options.changeTimeout();
        request.setConfig(RequestConfig.custom()
                .setResponseTimeout(Timeout.of(silence))
                .setConnectionRequestTimeout(Timeout.of(options.replyTimeout()))
                .build());
        ClassicHttpResponse response = http.executeOpen(HttpHost.create(target), request, null);
        if (response.getCode() / 100 == 2) {
            return response;
        }
        try (response) {
            throw error(method, path, response);
        }
    }

    /** The JSON of a success; a missing node when it has no body. */
    JsonNode json(
            URI base,
            String method,
            String path,
            Map<String, String> headers,
            @Nullable HttpEntity body,
            @Nullable Duration timeout)
            throws IOException {
        try (ClassicHttpResponse response = open(base, method, path, headers, body, timeout)) {
            return tree(read(response, JSON_LIMIT));
        }
    }

    static @Nullable String header(ClassicHttpResponse response, String name) {
        Header header = response.getFirstHeader(name);
        return header == null ? null : header.getValue();
    }

    private static JsonNode tree(byte[] body) {
        return body.length == 0 ? Json.mapper().missingNode() : Json.tree(body);
    }

    private static byte[] read(ClassicHttpResponse response, int limit) throws IOException {
        HttpEntity entity = response.getEntity();
        if (entity == null) {
            return new byte[0];
        }
        try (var in = entity.getContent()) {
            return in.readNBytes(limit);
        }
    }

    private static LandfallException error(String method, String path, ClassicHttpResponse response)
            throws IOException {
        JsonNode json;
        try {
            json = tree(read(response, ERROR_LIMIT));
        } catch (UncheckedIOException e) {
            json = Json.mapper().missingNode();
        }
        int status = response.getCode();
        ErrorCode code = ErrorCode.fromWire(json.path("code").asText("")).orElse(byStatus(status));
        String message = json.path("message").asText("");
        String retry = header(response, "Retry-After");
        return new LandfallException(
                code,
                message.isEmpty() ? method + " " + path + " was answered " + status + ": " + code.sentence() : message,
                null,
                retry != null && retry.matches("[0-9]{1,6}") ? Duration.ofSeconds(Long.parseLong(retry)) : null);
    }

    /** For replies without a body: those to HEAD, and those of whatever stands between. */
    private static ErrorCode byStatus(int status) {
        return switch (status) {
            case 401 -> ErrorCode.CREDENTIALS_REQUIRED;
            case 403 -> ErrorCode.ACCESS_DENIED;
            case 404 -> ErrorCode.NO_SUCH_OBJECT;
            case 405 -> ErrorCode.METHOD_NOT_ALLOWED;
            case 412 -> ErrorCode.PRECONDITION_FAILED;
            case 413 -> ErrorCode.ENTITY_TOO_LARGE;
            case 416 -> ErrorCode.INVALID_RANGE;
            case 421 -> ErrorCode.NOT_OWNER;
            case 502 -> ErrorCode.REMOTE_REFUSED;
            case 503 -> ErrorCode.OWNER_UNAVAILABLE;
            case 504 -> ErrorCode.OUTCOME_UNKNOWN;
            case 507 -> ErrorCode.INSUFFICIENT_STORAGE;
            default -> status / 100 == 4 ? ErrorCode.INVALID_ARGUMENT : ErrorCode.INTERNAL_ERROR;
        };
    }

    @Override
    public void close() {
        http.close(org.apache.hc.core5.io.CloseMode.GRACEFUL);
    }
}
