package dev.landfall.ingest.http;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns what went wrong into the one form of error reply, and into at most one line of the log. */
final class Errors {
    private static final Logger LOG = LoggerFactory.getLogger(Errors.class);

    private Errors() {}

    static void answer(HttpCall call, Throwable error, boolean publicDoor) {
        LandfallException known = known(error, publicDoor);
        log(call, known, error);
        if (call.replyStarted()) {
            call.abort();
            return;
        }
        ErrorCode code = known.code();
        ErrorForm form = call.errors();
        byte[] body = form.write(code, ErrorForm.message(known), call.subject(), call.requestId());
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Landfall-Error", code.wire());
        var wait = known.retryAfter();
        if (wait != null) {
            headers.put("Retry-After", Long.toString(Math.max(1, wait.toSeconds())));
        } else if (code.status() == 503) {
            headers.put("Retry-After", "1");
        }
        try {
            call.reply(code.status(), form.contentType(), body, headers);
        } catch (HttpCall.ReplyFailed e) {
            LOG.debug("{}: the client is gone before its error reply", call.requestId());
        }
    }

    private static LandfallException known(Throwable error, boolean publicDoor) {
        if (!(error instanceof LandfallException known)) {
            return LandfallException.of(ErrorCode.INTERNAL_ERROR);
        }
        return known.code() == ErrorCode.NOT_OWNER && publicDoor
                ? new LandfallException(
                        ErrorCode.OWNER_UNAVAILABLE,
                        "The owner of the key's partition is not ready; try again in a moment",
                        known)
                : known;
    }

    private static void log(HttpCall call, LandfallException known, Throwable error) {
        int status = known.code().status();
        String about = call.subject() == null ? call.target() : call.subject();
        if (call.isReported() || status < 500 || known.code() == ErrorCode.NOT_IMPLEMENTED) {
            LOG.debug(
                    "{} {} {}: {} {}",
                    call.requestId(),
                    call.method(),
                    about,
                    known.code().wire(),
                    known.getMessage());
        } else if (known.code() == ErrorCode.INTERNAL_ERROR) {
            LOG.error("{} {} {}: the server failed", call.requestId(), call.method(), about, error);
        } else {
            LOG.warn(
                    "{} {} {}: {} {}",
                    call.requestId(),
                    call.method(),
                    about,
                    known.code().wire(),
                    known.getMessage());
        }
    }
}
