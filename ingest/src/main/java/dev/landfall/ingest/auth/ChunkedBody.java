package dev.landfall.ingest.auth;

import dev.landfall.ingest.http.Body;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A body in the encoding {@code aws-chunked}: {@code size[;chunk-signature=…]\r\n data \r\n … 0[;chunk-signature=…]\r\n [name:value\r\n …]
 * \r\n}. Hands out the data, and reaches its end only when every signature, the length and the shape have been right to the last byte.
 */
final class ChunkedBody implements Body {
    private static final int MAX_LINE = 1024;
    private static final int MAX_TRAILERS = 8;
    private static final Pattern PLAIN = Pattern.compile("[0-9a-fA-F]{1,12}");
    private static final Pattern SIGNED = Pattern.compile("([0-9a-fA-F]{1,12});chunk-signature=([0-9a-f]{64})");
    private static final Pattern TRAILER = Pattern.compile("([A-Za-z0-9-]{1,64}):[ \\t]*([\\x21-\\x7e]{0,512})[ \\t]*");
    private static final String TRAILER_SIGNATURE = "x-amz-trailer-signature";

    private final Body body;
    private final long length;
    private final @Nullable ChunkChain chain;
    private final boolean trailers;
    private final ByteBuffer in = ByteBuffer.allocate(32 << 10).flip();
    private final MessageDigest digest = Hmac.sha256();
    private final Map<String, String> found = new LinkedHashMap<>();
    private String signature = "";
    private long leftInChunk;
    private long total;
    private boolean inChunk;
    private boolean ended;

    /**
     * @param length of the data, as {@code x-amz-decoded-content-length} says
     * @param chain of the signatures; null when the chunks have none
     * @param trailers whether there are any
     */
    ChunkedBody(Body body, long length, @Nullable ChunkChain chain, boolean trailers) {
        this.body = body;
        this.length = length;
        this.chain = chain;
        this.trailers = trailers;
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public int read(ByteBuffer into) {
        if (!into.hasRemaining()) {
            return 0;
        }
        while (!ended && leftInChunk == 0) {
            next();
        }
        if (ended) {
            return -1;
        }
        fill();
        int n = (int) Math.min(Math.min(in.remaining(), into.remaining()), leftInChunk);
        ByteBuffer piece = in.slice(in.position(), n);
        in.position(in.position() + n);
        if (chain != null) {
            digest.update(piece.duplicate());
        }
        into.put(piece);
        leftInChunk -= n;
        return n;
    }

    @Override
    public @Nullable String trailer(String name) {
        return found.get(name.toLowerCase(Locale.ROOT));
    }

    /** From the end of one chunk to the data of the next, or to the end of the body. */
    private void next() {
        if (inChunk) {
            if (!line(false).isEmpty()) {
                throw malformed("A chunk is longer than its size says");
            }
            verifyChunk();
            inChunk = false;
        }
        String header = line(false);
        Matcher match = (chain == null ? PLAIN : SIGNED).matcher(header);
        if (!match.matches()) {
            throw malformed(
                    chain == null
                            ? "A chunk begins with its size"
                            : "A chunk begins with its size and chunk-signature");
        }
        leftInChunk = Long.parseLong(chain == null ? header : match.group(1), 16);
        signature = chain == null ? "" : match.group(2);
        total += leftInChunk;
        if (total > length) {
            throw new LandfallException(
                    ErrorCode.INCOMPLETE_BODY, "The body is longer than x-amz-decoded-content-length says");
        }
        inChunk = leftInChunk > 0;
        if (!inChunk) {
            verifyChunk();
            end();
        }
    }

    private void verifyChunk() {
        if (chain != null) {
            chain.verifyChunk(Hmac.hex(digest.digest()), signature);
        }
    }

    private void end() {
        var lines = new StringBuilder();
        String trailerSignature = null;
        for (String line; !(line = line(true)).isEmpty(); ) {
            Matcher match = TRAILER.matcher(line);
            if (!trailers || found.size() >= MAX_TRAILERS || trailerSignature != null || !match.matches()) {
                throw malformed(
                        "The last chunk is followed by trailers that are not announced, too many or not name:value");
            }
            String name = match.group(1).toLowerCase(Locale.ROOT);
            if (name.equals(TRAILER_SIGNATURE)) {
                trailerSignature = match.group(2);
                continue;
            }
            if (found.put(name, match.group(2)) != null) {
                throw malformed("A trailer is there twice");
            }
            lines.append(name).append(':').append(match.group(2)).append('\n');
        }
        if (chain != null && trailers) {
            if (trailerSignature == null) {
                throw malformed("The trailers have no " + TRAILER_SIGNATURE);
            }
            chain.verifyTrailers(lines.toString(), trailerSignature);
        }
        if (total != length) {
            throw new LandfallException(
                    ErrorCode.INCOMPLETE_BODY, "The body is shorter than x-amz-decoded-content-length says");
        }
        if (in.hasRemaining() || body.read(in.clear()) >= 0) {
            throw malformed("There is something after the last chunk");
        }
        ended = true;
    }

    /** @param lenient whether a line feed alone ends it too, as some clients write trailers */
    private String line(boolean lenient) {
        var line = new StringBuilder();
        while (true) {
            fill();
            char c = (char) (in.get() & 0xff);
            if (c == '\n') {
                boolean proper = !line.isEmpty() && line.charAt(line.length() - 1) == '\r';
                if (!proper && !lenient) {
                    throw malformed("A line of the chunked body does not end in CR LF");
                }
                return line.substring(0, line.length() - (proper ? 1 : 0));
            }
            if (line.length() > MAX_LINE) {
                throw malformed("A line of the chunked body is too long");
            }
            line.append(c);
        }
    }

    /** Makes sure that there is a byte. */
    private void fill() {
        if (in.hasRemaining()) {
            return;
        }
        in.clear();
        int n = body.read(in);
        in.flip();
        if (n <= 0) {
            throw new LandfallException(ErrorCode.INCOMPLETE_BODY, "The chunked body ended before its last chunk");
        }
    }

    private static LandfallException malformed(String why) {
        return new LandfallException(ErrorCode.INVALID_REQUEST, why + " (in the encoding aws-chunked)");
    }
}
