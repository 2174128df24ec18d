package dev.landfall.ingest;

import dev.landfall.model.ErrorCode;
import java.nio.file.Path;

/** Makes docs/errors.md from {@link ErrorCode}. {@code ErrorsDocTest} compares and, when asked, writes it. */
final class ErrorsDoc {
    private static final String HEAD = """
            # Errors

            <!-- Made from ErrorCode by ErrorsDoc; a test fails when it is stale and says how to make it anew. -->

            Every error reply is JSON, `{"status", "code", "message", "key", "requestId"}`; `key` is left out where there is none. The code
            stands in the header `Landfall-Error` too, for replies to HEAD. Decide by the code; the message is for people. A reply with
            status 503 has `Retry-After` in seconds. The request id is the one of the request's `X-Request-Id`, or a new one; it is in
            every reply as `X-Request-Id` and `Landfall-Request-Id`, and in the server's log for every status of 500 and above.

            | status | code | what it means | what to do |
            |---|---|---|---|
            """;

    private static final String TAIL = """

            ## Before a request is understood

            What is not HTTP, or a URL that is none (`%` without two hexadecimal digits, characters that must be percent-encoded), is
            answered 400 without a body, and the connection ends. URL and headers of more than 32 KiB together are answered 431
            `HeadersTooLarge`; of more than 256 KiB the connection ends without a reply. A request whose head does not arrive within 30 s,
            and a connection that is idle for 75 s, is closed.

            A request with two lengths (`Content-Length` twice, or beside `Transfer-Encoding`), with another transfer encoding than `chunked`,
            or with two `Host` headers is answered 400 `InvalidRequest`, and the connection ends with it; so it does after every request in
            the encoding `chunked`.

            ## In the middle of a body

            A PUT that is refused is refused before its body where the client sends `Expect: 100-continue`: the server asks for a body only
            when it is ready to read it. Otherwise the reply comes as soon as it is known, a little of the body is read so that the client
            gets to see the reply, and the connection ends. A client that sends nothing for 30 s gets 408 `RequestTimeout`. A GET that
            breaks off (the disk or S3 failed after the reply had begun) ends the connection before the announced length.

            After a PUT or DELETE that ended without a reply, nobody can know whether it happened: read the object, or repeat the request
            with `If-Match` or `If-None-Match: *`.
            """;

    private ErrorsDoc() {}

    static String text() {
        var text = new StringBuilder(HEAD);
        for (ErrorCode code : ErrorCode.values()) {
            text.append("| ").append(code.status());
            text.append(" | `").append(code.wire());
            text.append("` | ").append(code.sentence());
            text.append(". | ").append(code.whatToDo()).append(" |\n");
        }
        return text.append(TAIL).toString();
    }

    static Path file(Path root) {
        return root.resolve("docs/errors.md");
    }
}
