package dev.landfall.targets;

import org.jspecify.annotations.Nullable;

/** Sorted entries in columns, changed by batches: what the store needs of its {@link Index}. */
interface Entries {
    /** Sees one entry of a scan. */
    interface Visitor {
        /** @return whether to go on */
        boolean visit(byte[] key, byte[] value);
    }

    byte @Nullable [] get(Column column, byte[] key);

    /**
     * Writes all of a batch or nothing, and returns when it is visible.
     *
     * @param sync whether it has to survive a power cut, with everything written before it
     */
    void write(Batch batch, boolean sync);

    /**
     * Visits the entries of a range in order.
     *
     * @param to exclusive; null for the end
     */
    void scan(Column column, byte[] from, byte @Nullable [] to, Visitor visitor);

    default void scanAll(Column column, Visitor visitor) {
        scan(column, new byte[0], null, visitor);
    }
}
