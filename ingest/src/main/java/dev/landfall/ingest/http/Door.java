package dev.landfall.ingest.http;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.TimeSource;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;

/**
 * One listener with its own threads. Requests are served on worker threads, one each, from the first byte of the reply to the last; reads of
 * what is at hand, and bodies for this node's disks, on the I/O thread of their connection. (Ending an exchange on a worker makes the I/O thread spin until the worker has
 * returned, if the client's next request is there before.)
 */
public final class Door {
    private static final Logger LOG = LoggerFactory.getLogger(Door.class);
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "::1");
    /** More than processors, for they touch files. */
    private static final int IO_THREADS = Math.max(16, 2 * Runtime.getRuntime().availableProcessors());

    /** How many I/O threads may be at the files of one disk. */
    public static final int AT_ONE_DISK = IO_THREADS * 3 / 4;

    private static final Pattern REQUEST_ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    /**
     * @param name in metrics and threads: {@code front} or {@code peer}
     * @param isPublic whether its callers are users
     * @param advertised the URL that callers may use besides this machine's own names; null for none
     * @param guard who may come in
     * @param tls null for plain HTTP
     */
    public record Config(
            String name,
            String host,
            int port,
            boolean isPublic,
            @Nullable String advertised,
            Limits limits,
            Guard guard,
            @Nullable SSLContext tls) {}

    private record Kind(String method, int status) {}

    private final Config config;
    private final RouteTable routes;
    private final MeterRegistry metrics;
    private final TimeSource time;
    /** By kind: the registry takes longer to find one than a small reply takes. */
    private final Map<Kind, Timer> timers = new ConcurrentHashMap<>();

    private final BodyBuffers buffers;
    private final String idPrefix;
    private final AtomicLong ids = new AtomicLong();
    private final AtomicInteger inFlight = new AtomicInteger();
    private volatile boolean draining;
    private final CallerCheck callers;
    private @Nullable Undertow server;

    private Door(Config config, RouteTable routes, MeterRegistry metrics, TimeSource time, String idPrefix) {
        this.config = config;
        this.routes = routes;
        this.metrics = metrics;
        this.time = time;
        this.idPrefix = idPrefix;
        this.callers = new CallerCheck(
                config.isPublic(),
                config.advertised(),
                config.guard().strict(),
                config.guard().peerKey());
        this.buffers = new BodyBuffers(config.limits().workers());
    }

    /**
     * Makes a door that does not listen yet.
     *
     * @param idPrefix of the request ids it gives: different at every start
     * @throws LandfallException {@code INVALID_ARGUMENT} for an address that others could reach
     */
    public static Door create(
            Config config, RouteTable routes, MeterRegistry metrics, TimeSource time, String idPrefix) {
        if (!config.guard().strict() && !LOOPBACK.contains(config.host().toLowerCase(Locale.ROOT))) {
            throw new LandfallException(
                    ErrorCode.INVALID_ARGUMENT,
                    "A listener that asks for no credentials listens on this machine only: bind to 127.0.0.1, localhost or ::1, or set"
                            + " auth.required, instead of binding to " + config.host());
        }
        Door door = new Door(config, routes, metrics, time, idPrefix);
        metrics.gauge(
                "landfall.http.in.flight", io.micrometer.core.instrument.Tags.of("door", config.name()), door.inFlight);
        return door;
    }

    /** @throws IllegalStateException when the port is taken */
    public synchronized void start() {
        Limits limits = config.limits();
        SSLContext tls = config.tls();
        Undertow.Builder builder = Undertow.builder();
        Undertow made = (tls == null
                        ? builder.addHttpListener(config.port(), config.host())
                        : builder.addHttpsListener(config.port(), config.host(), tls))
                .setIoThreads(IO_THREADS)
                .setWorkerThreads(limits.workers())
                .setBufferSize(16 << 10)
                .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, -1L)
                .setServerOption(UndertowOptions.MAX_HEADER_SIZE, limits.maxHeaderBytes() * 8) // there it only hangs up
                .setServerOption(UndertowOptions.MAX_HEADERS, 1000)
                .setServerOption(UndertowOptions.DECODE_URL, false)
                .setServerOption(UndertowOptions.NO_REQUEST_TIMEOUT, 75_000)
                .setServerOption(UndertowOptions.REQUEST_PARSE_TIMEOUT, (int)
                        limits.idle().toMillis())
                .setServerOption(UndertowOptions.SHUTDOWN_TIMEOUT, 2_000)
                .setHandler(this::admit)
                .build();
        try {
            made.start();
        } catch (RuntimeException e) {
            throw new IllegalStateException(
                    "Cannot listen on " + config.host() + ":" + config.port() + "; is another server using the port?",
                    e);
        }
        server = made;
    }

    /** {@code http://host:port}, or with {@code https}, once it listens. */
    public synchronized String url() {
        if (server == null) {
            throw new IllegalStateException("The door does not listen yet");
        }
        var address = (InetSocketAddress) server.getListenerInfo().getFirst().getAddress();
        String host = config.host().indexOf(':') >= 0 ? "[" + config.host() + "]" : config.host();
        return (config.tls() == null ? "http://" : "https://") + host + ":" + address.getPort();
    }

    public int inFlight() {
        return inFlight.get();
    }

    /** Refuses new requests with {@code SHUTTING_DOWN} and waits for those in flight. Returns whether all ended in time. */
    public boolean drain(Duration grace) {
        draining = true;
        long end = time.nanos() + grace.toNanos();
        while (inFlight.get() > 0 && time.nanos() < end) {
            time.sleep(Duration.ofMillis(5));
        }
        return inFlight.get() == 0;
    }

    public synchronized void stop() {
        draining = true;
        if (server != null) {
            server.stop();
            server = null;
        }
    }

    private void admit(HttpServerExchange exchange) {
        int now = inFlight.incrementAndGet();
        int most = config.limits().workers() + config.limits().waiting();
        if (now > 2 * most) {
            inFlight.decrementAndGet();
            IoUtils.safeClose(exchange.getConnection()); // not even a worker's moment to say why
            return;
        }
        boolean busy = now > most;
        long since = time.nanos();
        if (!busy && quick(exchange, since)) {
            return;
        }
        try {
            exchange.dispatch(dispatched -> {
                try {
                    serve(dispatched, busy);
                } finally {
                    inFlight.decrementAndGet();
                    measure(dispatched, since);
                }
            });
        } catch (RuntimeException e) {
            inFlight.decrementAndGet();
            throw e;
        }
    }

    /**
     * Serves a call on the I/O thread, or begins to. Returns false when it has to wait for something, or failed: a worker begins anew.
     */
    private boolean quick(HttpServerExchange exchange, long since) {
        HttpString method = exchange.getRequestMethod();
        boolean reads = method.equals(Methods.GET) || method.equals(Methods.HEAD);
        if (reads ? !exchange.isRequestComplete() : !method.equals(Methods.PUT)) {
            return false;
        }
        HttpCall call = call(exchange);
        var told = new AtomicBoolean();
        Runnable ended = () -> {
            if (told.compareAndSet(false, true)) {
                inFlight.decrementAndGet();
                measure(exchange, since);
            }
        };
        call.onIoThread(ended, this::answer);
        try {
            return handle(exchange, call, false, true);
        } catch (Exception e) {
            if (call.replyStarted()) {
                LOG.debug("{}: the reply was cut short", call.requestId(), e);
            }
            return call.answered();
        }
    }

    private void answer(HttpCall call, Throwable error) {
        if (error instanceof HttpCall.ReplyFailed) {
            LOG.debug("{}: the reply was cut short: {}", call.requestId(), error.getMessage());
        } else {
            Errors.answer(call, error, config.isPublic());
        }
    }

    private HttpCall call(HttpServerExchange exchange) {
        String requestId = requestId(exchange);
        var body = new RequestBody(exchange, config.limits(), time);
        var call = new HttpCall(
                exchange,
                requestId,
                buffers,
                body,
                new Reply(exchange, body, buffers, config.limits(), time),
                config.guard().errors());
        call.replyHeader("X-Request-Id", requestId);
        call.replyHeader("Landfall-Request-Id", requestId);
        return call;
    }

    private void serve(HttpServerExchange exchange, boolean busy) {
        HttpCall call = call(exchange);
        try {
            handle(exchange, call, busy, false);
            if (!call.answered()) {
                throw new IllegalStateException("The handler of " + call.target() + " did not answer");
            }
        } catch (Throwable e) {
            answer(call, e);
        }
    }

    /** @param quick whether to do so only if nothing has to wait; returns whether it was done */
    private boolean handle(HttpServerExchange exchange, HttpCall call, boolean busy, boolean quick) throws Exception {
        Framing.check(exchange, !config.isPublic());
        String path = DoorPath.of(exchange);
        if (headerBytes(exchange) > config.limits().maxHeaderBytes()) {
            throw new LandfallException(
                    ErrorCode.HEADERS_TOO_LARGE,
                    "The URL and headers are larger than " + config.limits().maxHeaderBytes()
                            + " bytes together; send fewer or shorter ones");
        }
        callers.check(exchange.getRequestHeaders());
        boolean always = path.startsWith("/health/") || path.equals("/metrics");
        if (draining && !always) {
            throw LandfallException.of(ErrorCode.SHUTTING_DOWN);
        }
        if (busy) {
            throw LandfallException.of(ErrorCode.BUSY);
        }
        config.guard().gate().check(call, path);
        switch (routes.match(call.method(), path)) {
            case RouteTable.Match.Found found -> {
                call.parameters(found.parameters());
                if (quick) {
                    return found.endpoint() instanceof RouteTable.QuickEndpoint at && at.quick(call);
                }
                found.endpoint().handle(call);
                return true;
            }
            case RouteTable.Match.WrongMethod wrong -> {
                call.replyHeader("Allow", String.join(", ", wrong.allowed()));
                throw new LandfallException(
                        ErrorCode.METHOD_NOT_ALLOWED,
                        call.method() + " is not allowed here; use " + String.join(" or ", wrong.allowed()));
            }
            case RouteTable.Match.Nothing nothing ->
                throw new LandfallException(
                        ErrorCode.NO_SUCH_ROUTE,
                        "There is nothing at this path; objects are below /api/v1/objects/{bucket}/{name}");
        }
    }

    private String requestId(HttpServerExchange exchange) {
        String given = exchange.getRequestHeaders().getFirst("X-Request-Id");
        return given != null && REQUEST_ID.matcher(given).matches()
                ? given
                : idPrefix + "-" + Long.toHexString(ids.incrementAndGet());
    }

    private static long headerBytes(HttpServerExchange exchange) {
        long total =
                exchange.getRequestURI().length() + exchange.getQueryString().length();
        for (HeaderValues values : exchange.getRequestHeaders()) {
            for (String value : values) {
                total += values.getHeaderName().length() + value.length() + 4;
            }
        }
        return total;
    }

    private void measure(HttpServerExchange exchange, long since) {
        timers.computeIfAbsent(new Kind(method(exchange), exchange.getStatusCode()), this::timer)
                .record(time.nanos() - since, TimeUnit.NANOSECONDS);
    }

    private Timer timer(Kind kind) {
        return metrics.timer(
                "landfall.http.requests",
                "door",
                config.name(),
                "method",
                kind.method,
                "status",
                Integer.toString(kind.status));
    }

    private static final Map<String, String> METHODS =
            Map.of("GET", "GET", "HEAD", "HEAD", "PUT", "PUT", "POST", "POST", "DELETE", "DELETE");

    private static String method(HttpServerExchange exchange) {
        return METHODS.getOrDefault(exchange.getRequestMethod().toString(), "other");
    }
}
