package dev.landfall.writeback;

import dev.landfall.model.Generation;

/**
 * An attempt without an answer: S3 may still carry it out. While there is one, its key stays dirty, whatever S3 acknowledges: the attempt
 * may land on top, now or (should nothing remember it after a restart) on top of the next change.
 *
 * @param until when it can no longer be alive, in monotonic nanoseconds
 */
record Hazard(Generation generation, long until) {}
