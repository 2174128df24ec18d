package dev.landfall.ingest.http;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What takes the body of a call that is received on an I/O thread. One thread at a time calls it. */
public interface Intake {
    /** Sends the reply. */
    interface Answer {
        void send();
    }

    /** Takes the remaining bytes of a buffer. */
    void take(ByteBuffer bytes);

    /**
     * Commits the whole body without waiting for it. What hangs on the future must not block. Null when the commit would have to wait:
     * then {@link #commitNow} does it.
     */
    @Nullable
    CompletableFuture<Answer> commit();

    /** Commits the whole body; on a worker, which may have to wait for as much as it takes. */
    CompletableFuture<Answer> commitNow();

    /** Leaves nothing behind of a body that was not committed. */
    void close();
}
