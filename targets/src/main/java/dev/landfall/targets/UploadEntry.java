package dev.landfall.targets;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Who may change a multipart upload now. Guarded by itself. */
final class UploadEntry {
    enum Stage {
        OPEN,
        /** A body is made of its parts. */
        COMPLETING,
        /** An intent names its parts, and no body holds them: it waits to be rolled forward. */
        LEFT_BEHIND,
        /** Completed or aborted. */
        OVER
    }

    final Upload upload;
    /** Its key in the index. */
    final byte[] at;

    Stage stage = Stage.OPEN;

    @Nullable
    PartsBody body;

    UploadEntry(Upload upload, byte[] at) {
        this.upload = upload;
        this.at = at;
    }

    /** @throws LandfallException {@code NO_SUCH_UPLOAD} when it is over, {@code BUSY} while it is being completed */
    void requireOpen() {
        switch (stage) {
            case OPEN -> {}
            case OVER -> throw noSuchUpload(upload.key());
            case COMPLETING, LEFT_BEHIND ->
                throw new LandfallException(
                        ErrorCode.BUSY,
                        "The multipart upload of " + upload.key() + " is being completed; ask again in a moment",
                        null,
                        Duration.ofSeconds(1));
        }
    }

    static LandfallException noSuchUpload(ObjectKey key) {
        return new LandfallException(
                ErrorCode.NO_SUCH_UPLOAD,
                "There is no such multipart upload of " + key + ": it was completed, aborted or has expired");
    }
}
