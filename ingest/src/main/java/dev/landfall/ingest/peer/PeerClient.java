package dev.landfall.ingest.peer;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.NodeInfo;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.MonitoringResponseOutOfOrderStrategy;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/** Calls other nodes. One pool of connections for all of them; bodies stream and are never repeated. May be used from any thread. */
public final class PeerClient implements AutoCloseable {
    /** In every request: no web page can send it to another site without asking first. */
    public static final String PEER = "Landfall-Peer";

    /** A trailer after a chunked body that was sent to its end. */
    public static final String COMPLETE = "Landfall-Body-Complete";

    /** How long a read may be silent. */
    public static final Duration READ_SILENCE = Duration.ofSeconds(60);

    /** How long a change may be silent. Longer than an attempt at S3, which a PUT in mode {@code sync} waits for. */
    public static final Duration SILENCE = Duration.ofMinutes(5);

    /** Fewer than workers: a node that hangs must not hold them all. */
    private static final int PER_NODE = 48;

    private static final int TOTAL = 256;
    private static final int BUFFER = 16 << 10;
    /** Looks for an early refusal only so often: each look costs a millisecond. */
    private static final long LOOK_EVERY_BYTES = 4 << 20;

    private final CloseableHttpClient http;

    private final String key;

    /** @param key what the node says to others: that it is one of them */
    public PeerClient(String key) {
        this(key, PER_NODE);
    }

    PeerClient(String key, int perNode) {
        this.key = key;
        var http1 = Http1Config.custom()
                .setBufferSize(BUFFER)
                .setWaitForContinueTimeout(Timeout.ofSeconds(30))
                .build();
        var connections = PoolingHttpClientConnectionManagerBuilder.create()
                .setMaxConnPerRoute(perNode)
                .setMaxConnTotal(TOTAL)
                .setConnectionFactory(ManagedHttpClientConnectionFactory.builder()
                        .http1Config(http1)
                        .responseOutOfOrderStrategy(new MonitoringResponseOutOfOrderStrategy(LOOK_EVERY_BYTES))
                        .build())
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(Timeout.ofSeconds(2))
                        .setSocketTimeout(Timeout.of(SILENCE))
                        .setValidateAfterInactivity(TimeValue.ofMilliseconds(500))
                        .setTimeToLive(TimeValue.ofMinutes(10))
                        .build())
                .build();
        http = HttpClients.custom()
                .setConnectionManager(connections)
                .setRequestExecutor(new AskedExecutor(http1))
                .evictIdleConnections(TimeValue.ofSeconds(60))
                .setUserAgent("landfall")
                .disableAuthCaching()
                .disableAutomaticRetries()
                .disableConnectionState()
                .disableContentCompression()
                .disableCookieManagement()
                .disableRedirectHandling()
                .build();
    }

    /**
     * Sends a request and returns when the head of the reply is there, whatever its status.
     *
     * @param path with its query, percent-encoded
     * @param repeatable whether the request may be sent again when the connection breaks before an answer; one with a body is sent again
     *     only when the body was not asked for yet
     * @throws LandfallException {@code OWNER_UNAVAILABLE} when the node cannot be reached or goes away, and for a change only when it has
     *     certainly not been done; otherwise {@code OUTCOME_UNKNOWN}. {@code BUSY} when too many requests to the node are in flight
     */
    public PeerReply send(
            NodeInfo node,
            String method,
            String path,
            Map<String, String> headers,
            @Nullable PeerBody body,
            boolean repeatable,
            Duration silence) {
        var entity = body == null ? null : new PeerEntity(body);
        boolean change = method.equals("PUT") || method.equals("DELETE");
        boolean perhapsDone = false;
        for (int attempt = 1; ; attempt++) {
            try {
                return new PeerReply(node.id(), change, execute(node, method, path, headers, entity, silence));
            } catch (ConnectionRequestTimeoutException e) {
                throw perhapsDone ? unknown(node.id(), e) : busy(node.id(), e);
            } catch (ConnectException | ConnectTimeoutException | NoRouteToHostException | UnknownHostException e) {
                throw perhapsDone ? unknown(node.id(), e) : unavailable(node.id(), e);
            } catch (IOException e) {
                perhapsDone |= change && (entity == null || entity.started());
                boolean again = entity == null ? repeatable : !entity.started();
                if (!again || attempt == 2) {
                    throw perhapsDone ? unknown(node.id(), e) : unavailable(node.id(), e);
                }
            }
        }
    }

    private org.apache.hc.core5.http.ClassicHttpResponse execute(
            NodeInfo node,
            String method,
            String path,
            Map<String, String> headers,
            @Nullable PeerEntity entity,
            Duration silence)
            throws IOException {
        URI base = URI.create(node.peer());
        var request = new HttpUriRequestBase(method, base);
        request.setPath(path);
        request.addHeader(new BasicHeader(PEER, key));
        headers.forEach((name, value) -> request.addHeader(new BasicHeader(name, value)));
        if (entity != null) {
            entity.carriedBy(request);
            request.setEntity(entity);
        }
        HttpClientContext context = HttpClientContext.create();
        context.setRequestConfig(RequestConfig.custom()
                .setExpectContinueEnabled(entity != null && entity.getContentLength() != 0)
                .setConnectionRequestTimeout(2, TimeUnit.SECONDS)
                .setResponseTimeout(Timeout.of(silence))
                .build());
        return http.executeOpen(new HttpHost(base.getScheme(), base.getHost(), base.getPort()), request, context);
    }

    static LandfallException unknown(String node, IOException cause) {
        return new LandfallException(
                ErrorCode.OUTCOME_UNKNOWN,
                "The connection to the node " + node
                        + " broke before it said whether it stored the change; read the object to see",
                cause);
    }

    private static LandfallException busy(String node, IOException cause) {
        return new LandfallException(
                ErrorCode.BUSY,
                "Too many requests to the node " + node + " are in flight; try again in a moment",
                cause,
                Duration.ofSeconds(1));
    }

    static LandfallException unavailable(String node, IOException cause) {
        return new LandfallException(
                ErrorCode.OWNER_UNAVAILABLE,
                "The node " + node + " cannot be reached; try again when it is back",
                cause);
    }

    @Override
    public void close() {
        http.close(org.apache.hc.core5.io.CloseMode.IMMEDIATE);
    }
}
