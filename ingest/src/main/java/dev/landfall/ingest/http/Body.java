package dev.landfall.ingest.http;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The bytes of a request, read once and in order, by one thread. */
public interface Body {
    /** In bytes; -1 when it is not known before the end. */
    long length();

    /**
     * Reads some bytes; -1 at the end. The end is reached only when everything that the request says of its body has turned out to be true:
     * what was read before is not to be trusted until then.
     *
     * @throws dev.landfall.model.LandfallException when the body does not arrive, or is not what the request says
     */
    int read(ByteBuffer into);

    /**
     * Whether it can be read on an I/O thread: then {@link #read} returns 0 when there is nothing yet, and does not wait.
     */
    default boolean comesInPieces() {
        return false;
    }

    /** What followed a body that was read to its end; null when it did not have this trailer. */
    @Nullable
    String trailer(String name);
}
