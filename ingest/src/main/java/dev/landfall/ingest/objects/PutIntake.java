package dev.landfall.ingest.objects;

import dev.landfall.ingest.http.Intake;
import dev.landfall.writeback.PutOutcome;
import dev.landfall.writeback.PutSession;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A PUT whose body is received on an I/O thread. */
record PutIntake(PutSession session, Consumer<PutOutcome> reply) implements Intake {
    @Override
    public void take(ByteBuffer bytes) {
        session.write(bytes);
    }

    @Override
    public @Nullable CompletableFuture<Answer> commit() {
        return answered(session.commitLater(false));
    }

    @Override
    public CompletableFuture<Answer> commitNow() {
        CompletableFuture<Answer> answer = answered(session.commitLater(true));
        if (answer == null) {
            throw new IllegalStateException("A commit that may wait is made");
        }
        return answer;
    }

    private @Nullable CompletableFuture<Answer> answered(@Nullable CompletableFuture<PutOutcome> commit) {
        return commit == null ? null : commit.thenApply(outcome -> () -> reply.accept(outcome));
    }

    @Override
    public void close() {
        session.close();
    }
}
