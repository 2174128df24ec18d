package dev.landfall.ingest.objects;

import dev.landfall.model.LandfallException;
import dev.landfall.model.NodeInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Asks several nodes at once and waits for all of them. */
public final class FanOut implements AutoCloseable {
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("landfall-fanout-", 0).factory());

    /** The answers in the order of the nodes. The first error is thrown once all have ended. */
    public <T> List<T> each(List<NodeInfo> nodes, Function<NodeInfo, T> question) {
        List<Future<T>> asked = new ArrayList<>();
        for (NodeInfo node : nodes) {
            asked.add(threads.submit(() -> question.apply(node)));
        }
        List<T> answers = new ArrayList<>();
        RuntimeException failure = null;
        for (Future<T> one : asked) {
            try {
                answers.add(one.get());
            } catch (ExecutionException e) {
                failure = failure != null ? failure : rethrowable(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                asked.forEach(f -> f.cancel(true));
                throw new IllegalStateException("Interrupted while waiting for other nodes", e);
            }
        }
        if (failure != null) {
            throw failure;
        }
        return answers;
    }

    private static RuntimeException rethrowable(@Nullable Throwable cause) {
        return switch (cause) {
            case null -> new IllegalStateException("A call failed");
            case LandfallException known -> known;
            case RuntimeException other -> other;
            default -> new IllegalStateException(cause);
        };
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
