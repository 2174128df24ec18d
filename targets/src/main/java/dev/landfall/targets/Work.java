package dev.landfall.targets;

import dev.landfall.model.Generation;
import dev.landfall.model.ObjectKey;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What waits for the committer. */
sealed interface Work {
    ObjectKey key();

    CompletableFuture<CommitResult> future();

    /** @param body sealed; null when the change has none */
    record Apply(Change change, @Nullable Body body, CompletableFuture<CommitResult> future) implements Work {
        @Override
        public ObjectKey key() {
            return change.key();
        }
    }

    /** Changes nothing; answered when everything before it is in the index. */
    record Barrier(CompletableFuture<CommitResult> future) implements Work {
        @Override
        public ObjectKey key() {
            throw new IllegalStateException("A barrier has no key");
        }
    }

    /** Removes a tombstone that nobody needs any more. */
    record Reap(ObjectKey key, Generation generation, CompletableFuture<CommitResult> future) implements Work {}
}
