package dev.landfall.writeback;

import dev.landfall.model.Generation;
import dev.landfall.model.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** The work of one key: what waits, and what is known of the key on S3. In memory only while there is something to remember. */
final class Lane {
    enum State {
        /** Nothing to do. */
        IDLE,
        /** In the queue. */
        WAITING,
        RUNNING,
        /** Waits before the next try, and keeps waiting whatever happens. */
        BACKING_OFF,
        /** Waits to look at S3 once more; a new change ends the wait. */
        RESTING
    }

    /** What S3 is known to have under the key. */
    sealed interface Known {
        record Unknown() implements Known {}

        record Absent() implements Known {}

        record Etag(String etag) implements Known {}
    }

    static final Known UNKNOWN = new Known.Unknown();
    static final Known ABSENT = new Known.Absent();

    /** S3 has acknowledged it, and it is dirty until no older attempt can undo it any more. */
    record Held(Generation generation) {}

    final ObjectKey key;

    // Guarded by the lock of Lanes.
    State state = State.IDLE;
    /** Something changed while it ran, or while another held the turn. */
    boolean again;
    /** Sync changes that hold or await the turn. */
    int users;

    StartCause cause = StartCause.EVENT;
    long wokenAt;
    long since;
    long order;

    /** Whether it backs off because S3 does not answer. */
    boolean outage;

    @Nullable
    ScheduledFuture<?> timer;

    /** Who holds it works on the key, and alone touches the fields below. */
    final Semaphore turn = new Semaphore(1, true);

    Known known = UNKNOWN;
    /** Whether an attempt has had no answer since S3 was last looked at. */
    boolean unsettled;
    /** Whether attempts of the last run may be alive. Set by anybody, taken by who holds the turn. */
    volatile boolean recovered;

    final List<Hazard> hazards = new ArrayList<>(0);

    /** The generation that was sent last, and how many attempts at it S3 may have carried out. */
    @Nullable
    Generation sent;

    int sends;

    @Nullable
    Held held;

    int failures;
    int refusals;

    @Nullable
    Generation refused;

    Lane(ObjectKey key) {
        this.key = key;
    }

    /** Something of this generation is about to be sent. */
    void sending(Generation generation) {
        if (!generation.equals(sent)) {
            sent = generation;
            sends = 0;
        }
        sends++;
    }

    /** The last attempt was not carried out, for certain. */
    void notCarriedOut() {
        sends--;
    }

    /** S3 was seen to have carried out an attempt at this generation; if there was only one, it cannot do so again. */
    void carriedOut(Generation generation) {
        if (generation.equals(sent) && sends == 1) {
            hazards.removeIf(hazard -> hazard.generation().equals(generation));
        }
    }

    /**
     * Forgets the attempts that were over before something else is sent: S3 cannot carry them out on top of that. Those that end while it is
     * on its way still can, so only who sends may call this.
     */
    void forgetOver(long now) {
        hazards.removeIf(hazard -> hazard.until() - now <= 0);
    }

    /** How long unanswered attempts can be alive; 0 when none can. */
    long hazardNanos(long now) {
        return hazards.stream()
                .mapToLong(hazard -> Math.max(0, hazard.until() - now))
                .max()
                .orElse(0);
    }
}
