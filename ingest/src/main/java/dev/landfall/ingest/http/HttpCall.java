package dev.landfall.ingest.http;

import dev.landfall.ingest.Call;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.Json;
import dev.landfall.model.LandfallException;
import dev.landfall.targets.BodyReader;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.SameThreadExecutor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One request and its reply, on one thread at a time. */
public final class HttpCall implements Call {
    private final HttpServerExchange exchange;
    private final String requestId;
    private final BodyBuffers buffers;
    private final RequestBody wire;
    private Body body;
    private final Reply reply;
    private ErrorForm errors;
    private Caller caller = Caller.ANYBODY;
    private Map<String, String> parameters = Map.of();
    private @Nullable String subject;
    private boolean reported;
    private boolean ended;
    private @Nullable Runnable whenSent;
    private @Nullable Promptness disk;
    private Receiving.@Nullable Failure failure;

    HttpCall(
            HttpServerExchange exchange,
            String requestId,
            BodyBuffers buffers,
            RequestBody body,
            Reply reply,
            ErrorForm errors) {
        this.errors = errors;
        this.exchange = exchange;
        this.requestId = requestId;
        this.buffers = buffers;
        this.wire = body;
        this.body = body;
        this.reply = reply;
    }

    /**
     * The call is served on an I/O thread, where its reply must not wait.
     *
     * @param whenSent called once after the last byte
     * @param failure answers what went wrong after {@link #receive}
     */
    void onIoThread(Runnable whenSent, Receiving.Failure failure) {
        this.whenSent = whenSent;
        this.failure = failure;
    }

    /** A worker goes on with the call. Returns what it has to call after the last byte. */
    Runnable leaveIoThread() {
        Runnable then = whenSent;
        whenSent = null;
        return then == null ? () -> {} : then;
    }

    /** The disk that a call on an I/O thread needs. */
    public void disk(Promptness needed) {
        disk = needed;
    }

    /** On an I/O thread, at the end of the handler: has the body received there, and whatever comes after it. */
    public void receive(Intake intake) {
        Promptness at = disk;
        Receiving.Failure failed = failure;
        if (at == null || failed == null) {
            throw new IllegalStateException("The call is not served on an I/O thread, or its disk is not known");
        }
        var receiving = new Receiving(exchange, this, wire, intake, at, reply.idle(), failed);
        exchange.dispatch(SameThreadExecutor.INSTANCE, receiving::start);
    }

    void parameters(Map<String, String> raw) {
        parameters = raw;
    }

    @Override
    public String path(String parameter) {
        String raw = parameters.get(parameter);
        if (raw == null) {
            throw new IllegalArgumentException("The route has no {" + parameter + "}");
        }
        return Percent.decode(raw);
    }

    @Override
    public @Nullable String query(String parameter) {
        String query = exchange.getQueryString();
        for (int from = 0; from < query.length(); ) {
            int amp = query.indexOf('&', from);
            int to = amp < 0 ? query.length() : amp;
            int equals = query.indexOf('=', from);
            int nameEnd = equals < 0 || equals > to ? to : equals;
            if (Percent.decode(query.substring(from, nameEnd)).equals(parameter)) {
                return nameEnd == to ? "" : Percent.decode(query.substring(nameEnd + 1, to));
            }
            from = to + 1;
        }
        return null;
    }

    @Override
    public @Nullable String header(String name) {
        return exchange.getRequestHeaders().getFirst(name);
    }

    /** All headers whose name begins so, by the rest of the name in lower case. */
    public Map<String, String> headersWith(String prefix) {
        Map<String, String> found = new TreeMap<>();
        for (HeaderValues values : exchange.getRequestHeaders()) {
            String name = values.getHeaderName().toString().toLowerCase(java.util.Locale.ROOT);
            if (name.startsWith(prefix)) {
                found.put(name.substring(prefix.length()), String.join(",", values));
            }
        }
        return found;
    }

    /** Who calls. */
    public Caller caller() {
        return caller;
    }

    public void caller(Caller who) {
        caller = who;
    }

    ErrorForm errors() {
        return errors;
    }

    /** How the call's errors are told. */
    public void errors(ErrorForm form) {
        errors = form;
    }

    /** All headers by their names in lower case; several of one name are joined by commas, in their order. */
    public Map<String, String> headers() {
        return headersWith("");
    }

    public String method() {
        return exchange.getRequestMethod().toString();
    }

    /** The path as sent. */
    public String rawPath() {
        return DoorPath.of(exchange);
    }

    /** What follows the question mark, as sent. */
    public String rawQuery() {
        return exchange.getQueryString();
    }

    /** The path and query as sent. */
    public String target() {
        String query = exchange.getQueryString();
        return DoorPath.of(exchange) + (query.isEmpty() ? "" : "?" + query);
    }

    @Override
    public String requestId() {
        return requestId;
    }

    /** What the call is about, for error replies: a key or a name. */
    public void subject(Object what) {
        subject = what.toString();
    }

    @Nullable
    String subject() {
        return subject;
    }

    /** Another node has logged the error that this call answers. */
    public void reported() {
        reported = true;
    }

    boolean isReported() {
        return reported;
    }

    // the request's body

    public Body body() {
        return body;
    }

    /** Another view of the body, which reads from the one so far. */
    public void body(Body view) {
        body = view;
    }

    /** A buffer to read the body into; give it back. */
    public BodyBuffers buffers() {
        return buffers;
    }

    @Override
    public byte[] body(int maxBytes) {
        if (body.length() > maxBytes) {
            throw tooLarge(maxBytes);
        }
        var bytes = new ByteArrayOutputStream();
        ByteBuffer buffer = buffers.take();
        try {
            while (body.read(buffer) >= 0) {
                buffer.flip();
                if (bytes.size() + buffer.remaining() > maxBytes) {
                    throw tooLarge(maxBytes);
                }
                byte[] chunk = new byte[buffer.remaining()];
                buffer.get(chunk);
                bytes.writeBytes(chunk);
                buffer.clear();
            }
        } finally {
            buffers.put(buffer);
        }
        return bytes.toByteArray();
    }

    private static LandfallException tooLarge(int maxBytes) {
        return new LandfallException(
                ErrorCode.ENTITY_TOO_LARGE, "The body is larger than " + maxBytes + " bytes, which is the limit here");
    }

    // the reply

    /** A header of the reply, whatever it will be. */
    public void replyHeader(String name, String value) {
        reply.header(name, value);
    }

    @Override
    public void reply(int status, Object json) {
        reply(status, "application/json", Json.write(json), Map.of());
    }

    @Override
    public void reply(int status, String contentType, byte[] bytes, Map<String, String> headers) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put("Content-Type", contentType);
        send(status, bytes.length, all, () -> {
            if (!method().equals("HEAD")) {
                reply.bytes(ByteBuffer.wrap(bytes));
            }
        });
    }

    /** A reply without a body. @param length what Content-Length says; -1 for none */
    public void replyHead(int status, long length, Map<String, String> headers) {
        send(status, length, headers, () -> {});
    }

    /** From the data files to the socket, inside the kernel. */
    public void replyFile(int status, BodyReader body, long first, long count, Map<String, String> headers) {
        Runnable then = whenSent;
        if (then == null || count == 0) {
            send(status, count, headers, () -> body.transferTo(first, count, reply::file));
            return;
        }
        Promptness at = disk;
        if (at == null) {
            throw new IllegalStateException("The disk of the call is not known");
        }
        begin(status, count, headers);
        ended = true;
        reply.quickFile(body.keep(), first, count, at, then);
    }

    /** @param count exactly what the stream has to give */
    public void replyStream(int status, InputStream stream, long count, Map<String, String> headers) {
        send(status, count, headers, () -> reply.stream(stream, count));
    }

    private interface Sending {
        void run() throws IOException;
    }

    private void send(int status, long length, Map<String, String> headers, Sending sending) {
        begin(status, length, headers);
        try {
            Runnable then = whenSent;
            if (then != null) {
                ended = true;
                reply.quickEnd(then);
                return;
            }
            sending.run();
            reply.end();
            ended = true;
        } catch (IOException e) {
            ended = true;
            reply.abort();
            throw new ReplyFailed(e);
        }
    }

    private void begin(int status, long length, Map<String, String> headers) {
        if (ended || reply.started()) {
            throw new IllegalStateException("The call has been answered");
        }
        headers.forEach(reply::header);
        reply.head(status, length);
    }

    boolean answered() {
        return ended;
    }

    boolean replyStarted() {
        return reply.started();
    }

    void abort() {
        ended = true;
        reply.abort();
    }

    /** The reply could not be sent to its end, mostly because the client went away. There is nobody left to tell. */
    static final class ReplyFailed extends RuntimeException {
        ReplyFailed(IOException cause) {
            super(cause.getMessage(), cause, false, false);
        }
    }
}
