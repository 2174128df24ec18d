package dev.landfall.writeback;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectRecord;
import java.time.Duration;

/** What a client is told of S3. */
final class RemoteErrors {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private RemoteErrors() {}

    /** Of something that failed and changed nothing. */
    static LandfallException failed(String what, Outcome outcome) {
        return outcome instanceof Outcome.Refused
                ? new LandfallException(
                        ErrorCode.REMOTE_REFUSED,
                        "Failed to " + what + ": " + outcome.describe()
                                + "; correct the remote's credentials, bucket or policy and try again")
                : outcome instanceof Outcome.Spoilt
                        ? new LandfallException(
                                ErrorCode.CORRUPT_OBJECT, "Failed to " + what + ": " + outcome.describe())
                        : new LandfallException(
                                ErrorCode.REMOTE_UNAVAILABLE,
                                "Failed to " + what + ": " + outcome.describe() + "; try again later",
                                null,
                                RETRY_AFTER);
    }

    static LandfallException outcomeUnknown(String what, Outcome outcome) {
        return new LandfallException(
                ErrorCode.OUTCOME_UNKNOWN,
                "S3 did not confirm to " + what + " (" + outcome.describe()
                        + "); the change is kept here and brought to S3, so nothing needs to be sent again");
    }

    /** The ETag under which an object of S3 is known here: what it had when it was stored here, else S3's own. */
    static String etag(RemoteObject object) {
        var generation = object.generation();
        Integer crc = object.crc32c();
        String chosen = object.chosenEtag();
        return generation == null || crc == null
                ? object.etag()
                : chosen != null ? chosen : ObjectRecord.etagOf(generation, crc);
    }
}
