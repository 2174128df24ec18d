package dev.landfall.ingest;

import dev.landfall.model.ClusterCommand;
import dev.landfall.model.ObjectKey;
import dev.landfall.writeback.ObjectData;
import dev.landfall.writeback.PutOutcome;
import dev.landfall.writeback.PutRequest;
import java.nio.file.Path;

/** Objects wherever they live: here, or at the node that owns their partition. Every method may be called from any thread and blocks. */
public interface ObjectRouter {
    /** Whether this node owns the key's partition now. */
    boolean isLocal(ObjectKey key);

    /** Puts the content of a file. Same errors as {@link dev.landfall.writeback.PutSession#commit()}, and {@code OWNER_UNAVAILABLE}. */
    PutOutcome putFile(ObjectKey key, PutRequest request, Path file);

    /** Puts the content of an object of this node: inside the kernel, where the other key is this node's too. Same errors. */
    PutOutcome putCopy(ObjectKey key, PutRequest request, ObjectData source);

    /** Asks the coordinator for a decision, wherever it is, and waits until this node sees it. */
    void submit(ClusterCommand command);
}
