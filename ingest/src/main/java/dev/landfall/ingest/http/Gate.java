package dev.landfall.ingest.http;

import dev.landfall.model.LandfallException;

/** Finds out who makes a call and whether it may, before a route is looked for. */
@FunctionalInterface
public interface Gate {
    /** Lets everybody in. */
    Gate OPEN = (call, path) -> {};

    /**
     * Sets the call's caller, and its body if only a part of what is sent is the body.
     *
     * @param path as sent
     * @throws LandfallException when the call may not go on
     */
    void check(HttpCall call, String path);
}
