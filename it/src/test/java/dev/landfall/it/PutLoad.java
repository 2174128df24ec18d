package dev.landfall.it;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * Many small PUTs from several clients at once: four in five to a name of their own, the others to a few names that are written again and
 * again. Remembers which were answered, and with which generation.
 */
final class PutLoad {
    /** @param md5 of the body; bodies differ */
    record Sent(String name, int size, String md5) {}

    record Answered(Sent sent, String generation, String eTag) {}

    private final String bucket;
    private final String prefix;
    private final long seed;
    private final Queue<Sent> sent = new ConcurrentLinkedQueue<>();
    private final Queue<Answered> answered = new ConcurrentLinkedQueue<>();
    private final Queue<String> refusals = new ConcurrentLinkedQueue<>();

    PutLoad(String bucket, String prefix, long seed) {
        this.bucket = bucket;
        this.prefix = prefix;
        this.seed = seed;
    }

    /** Returns when all are answered or the server is gone. {@code onAnswer} gets the number of answers so far, from the clients' threads. */
    void run(Api api, int count, int clients, IntConsumer onAnswer) {
        AtomicInteger next = new AtomicInteger();
        AtomicInteger answers = new AtomicInteger();
        try (var threads = Executors.newFixedThreadPool(clients)) {
            List<Future<?>> done = new ArrayList<>();
            for (int c = 0; c < clients; c++) {
                done.add(threads.submit(() -> {
                    for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                        if (!put(api, i)) {
                            return;
                        }
                        onAnswer.accept(answers.incrementAndGet());
                    }
                }));
            }
            for (Future<?> one : done) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw new AssertionError("A client failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private boolean put(Api api, int i) {
        byte[] body = Bytes.random(seed * 1_000_003 + i, 100 + i % 37 * 80);
        Sent one = new Sent(name(i), body.length, Bytes.md5(body));
        sent.add(one);
        Api.Reply reply;
        try {
            reply = api.put(bucket, one.name(), body);
        } catch (java.io.UncheckedIOException e) {
            return false;
        }
        if (reply.status() != 200) {
            refusals.add(reply.status() + " " + reply.text());
            return false;
        }
        answered.add(new Answered(one, reply.header("Landfall-Generation"), reply.header("ETag")));
        return true;
    }

    private String name(int i) {
        return prefix + (i % 5 == 0 ? "often-" + i % 40 : "once-" + i);
    }

    String prefix() {
        return prefix;
    }

    int answers() {
        return answered.size();
    }

    /** Replies other than 200: there must be none, also around a kill. */
    List<String> refusals() {
        return List.copyOf(refusals);
    }

    /** All names that were sent. */
    Set<String> names() {
        Set<String> names = new TreeSet<>();
        sent.forEach(one -> names.add(one.name()));
        return names;
    }

    /** What was answered 200, by generation. */
    Map<String, Answered> answered(String name) {
        Map<String, Answered> byGeneration = new TreeMap<>();
        answered.stream()
                .filter(one -> one.sent().name().equals(name))
                .forEach(one -> byGeneration.put(one.generation(), one));
        return byGeneration;
    }

    /** What was sent and not answered: it may exist or not. */
    List<Sent> unanswered(String name) {
        Set<Sent> known = new java.util.HashSet<>();
        answered.forEach(one -> known.add(one.sent()));
        return sent.stream()
                .filter(one -> one.name().equals(name) && !known.contains(one))
                .toList();
    }
}
