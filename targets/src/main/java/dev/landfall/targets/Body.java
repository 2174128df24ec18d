package dev.landfall.targets;

/** A body of this store, as its committer sees it. */
interface Body extends BodyWriter {
    /** The mountpath's that opened it. */
    Bodies owner();

    /** Takes it for a commit: from here on {@link #close()} does nothing. */
    void claim();

    /**
     * Ends the writing of a claimed body.
     *
     * @param force whether it has to survive a power cut
     */
    void seal(boolean force);

    /** The index lists its files. */
    void committed();

    /** For certain nothing was committed. */
    void release();

    /** Only the next start knows whether it was committed. */
    void abandon();
}
