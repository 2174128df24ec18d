package dev.landfall.ingest.relay;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;

/** What of one partition is on its way. Only {@link #acknowledged} may be called from another thread. */
final class Lane {
    private record Sent(long sequence, long timeMillis) {}

    private final ArrayDeque<Sent> inFlight = new ArrayDeque<>();
    private final Set<Long> acknowledged = new HashSet<>();
    private long last = -1;

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
    synchronized long takeAcknowledged() {
        long upTo = -1;
        for (Sent head; (head = inFlight.peek()) != null && acknowledged.remove(head.sequence); ) {
            upTo = head.sequence;
            inFlight.remove();
        }
        return upTo;
    }

    synchronized long oldestMillis() {
        Sent head = inFlight.peek();
        return head == null ? Long.MAX_VALUE : head.timeMillis;
    }
}
