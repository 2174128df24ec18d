package dev.landfall.ingest.relay;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** What of one partition is on its way. Only {@link #acknowledged} may be called from another thread. */
final class Lane {
    private record Sent(long sequence, long timeMillis) {}

    private static final int WINDOW = 512;
    /** Kafka's producer.id.expiration.ms is a day by default, and operators may lower it. */
    private static final long FORGOTTEN_NANOS = TimeUnit.MINUTES.toNanos(5);

    private final ArrayDeque<Sent> inFlight = new ArrayDeque<>();
    private final Set<Long> acknowledged = new HashSet<>();
    private long last = -1;
    private boolean known;
    private long knownAt;

    /**
     * How many may be on their way at once: one, until the broker has acknowledged one of them. A broker that does not know a producer
     * yet takes whichever batch comes first as its beginning: with a second one behind it, a first that had to be sent again (the leader
     * of a new partition answers NOT_LEADER_OR_FOLLOWER for a moment) would be out of sequence for ever. Brokers forget producers that
     * have been silent for long.
     */
    synchronized int window(long nanos) {
        return known && nanos - knownAt < FORGOTTEN_NANOS ? WINDOW : 1;
    }

    /** The last sequence that was sent; -1 for the outbox's start. */
    synchronized long last() {
        return last;
    }

    synchronized int size() {
        return inFlight.size();
    }

    synchronized void sent(long sequence, long timeMillis) {
        inFlight.add(new Sent(sequence, timeMillis));
        last = sequence;
    }

    synchronized void acknowledged(long sequence) {
        acknowledged.add(sequence);
    }

    /** Removes the acknowledged ones that have no other before them; returns the last of them, or -1. */
    synchronized long takeAcknowledged(long nanos) {
        long upTo = -1;
        for (Sent head; (head = inFlight.peek()) != null && acknowledged.remove(head.sequence); ) {
            upTo = head.sequence;
            inFlight.remove();
            known = true;
            knownAt = nanos;
        }
        return upTo;
    }

    synchronized long oldestMillis() {
        Sent head = inFlight.peek();
        return head == null ? Long.MAX_VALUE : head.timeMillis;
    }
}
