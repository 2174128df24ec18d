package dev.landfall.writeback;

/** A promise was broken in a simulated run. */
final class SimViolation extends RuntimeException {
    private static final long serialVersionUID = 1;

    SimViolation(String what) {
        super(what);
    }

    SimViolation(String what, Throwable cause) {
        super(what, cause);
    }
}
