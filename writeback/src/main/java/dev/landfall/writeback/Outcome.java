package dev.landfall.writeback;

import org.jspecify.annotations.Nullable;

/** How one attempt to change an object on S3 ended. */
sealed interface Outcome {
    /** S3 has it. */
    record Acknowledged(@Nullable String etag) implements Outcome {}

    /** The condition did not hold of what S3 has; nothing was changed. */
    record ConditionFailed() implements Outcome {}

    /**
     * S3 will not take it, for certain; nothing was changed.
     *
     * @param status of S3's answer; 0 when it was not S3 that refused
     */
    record Refused(String detail, int status) implements Outcome {
        Refused(String detail) {
            this(detail, 0);
        }
    }

    /** It never left this node; nothing was changed. */
    record NotSent(String detail) implements Outcome {}

    /**
     * S3 may have it, or may get it yet.
     *
     * @param over whether S3 itself answered that it failed: then no part of the attempt is under way any more
     */
    record Unclear(boolean over, String detail) implements Outcome {}

    /** The local data do not match their checksum; S3 did not get them. */
    record Spoilt() implements Outcome {}

    /** What goes into logs and messages. */
    default String describe() {
        return switch (this) {
            case Acknowledged a -> "acknowledged";
            case ConditionFailed c -> "a condition did not hold";
            case Refused refused -> refused.detail();
            case NotSent(String detail) -> detail;
            case Unclear(boolean over, String detail) -> detail;
            case Spoilt s -> "the local data do not match their checksum";
        };
    }

    /** The value of the tag {@code class} in metrics. */
    default String tag() {
        return switch (this) {
            case Acknowledged a -> "none";
            case ConditionFailed c -> "condition";
            case Refused r -> "refused";
            case NotSent n -> "not_sent";
            case Unclear u -> "unclear";
            case Spoilt s -> "spoilt";
        };
    }
}
