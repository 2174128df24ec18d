package dev.landfall.writeback;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.targets.CommitResult;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Waits for commits. */
final class Commits {
    private Commits() {}

    /** @throws LandfallException what the store refused with */
    static CommitResult await(CompletableFuture<CommitResult> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof LandfallException landfall
                    ? landfall
                    : new LandfallException(ErrorCode.INTERNAL_ERROR, "The commit failed", e.getCause());
        }
    }
}
