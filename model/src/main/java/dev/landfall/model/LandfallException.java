package dev.landfall.model;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** An error that has a code of its own and may reach a client. Its message says what failed and what to do; it never holds a secret. */
public final class LandfallException extends RuntimeException {
    private final ErrorCode code;
    private final @Nullable Duration retryAfter;

    public LandfallException(ErrorCode code, String message) {
        this(code, message, null, null);
    }

    public LandfallException(ErrorCode code, String message, @Nullable Throwable cause) {
        this(code, message, cause, null);
    }

    public LandfallException(ErrorCode code, String message, @Nullable Throwable cause, @Nullable Duration retryAfter) {
        super(message, cause);
        this.code = code;
        this.retryAfter = retryAfter;
    }

    /** An error with the code's own sentence. */
    public static LandfallException of(ErrorCode code) {
        return new LandfallException(code, code.sentence());
    }

    public ErrorCode code() {
        return code;
    }

    /** How long a client should wait before it tries again, if that is known. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
