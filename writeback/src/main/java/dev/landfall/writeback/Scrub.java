package dev.landfall.writeback;

import dev.landfall.model.BucketName;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.TimeSource;
import dev.landfall.targets.ObjectStore;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads every data file of a bucket on this node and compares it with its checksum. What is bad is set aside, and fetched from S3 if S3 has it. */
public final class Scrub {
    private static final Logger LOG = LoggerFactory.getLogger(Scrub.class);
    private static final int PAGE = 200;

    /** Told of each object. */
    public interface Progress {
        void good(long bytes);

        /** The data were bad, and S3 had the same version. */
        void healed(ObjectKey key, long bytes);

        /** The data were bad, and nobody has them. */
        void lost(ObjectKey key, String why);
    }

    private final ObjectStore store;
    private final TieredStore tiered;
    private final TimeSource time;

    Scrub(ObjectStore store, TieredStore tiered, TimeSource time) {
        this.store = store;
        this.tiered = tiered;
        this.time = time;
    }

    /**
     * @param bytesPerSecond read at most
     * @throws LandfallException {@code MOUNTPATH_FENCED} when a mountpath cannot be asked
     */
    public void run(BucketName bucket, long bytesPerSecond, Progress progress, BooleanSupplier cancelled) {
        long start = time.nanos();
        long read = 0;
        String after = "";
        while (!cancelled.getAsBoolean()) {
            List<ObjectRecord> page = store.list(bucket, "", after, PAGE);
            for (ObjectRecord record : page) {
                if (cancelled.getAsBoolean()) {
                    return;
                }
                check(record, progress);
                read += record.size();
                long due = (long) (read * 1e9 / bytesPerSecond) - (time.nanos() - start);
                if (due > 0) {
                    time.sleep(Duration.ofNanos(Math.min(due, 1_000_000_000L)));
                }
                after = record.key().name();
            }
            if (page.size() < PAGE) {
                return;
            }
        }
    }

    private void check(ObjectRecord record, Progress progress) {
        if (store.verify(record)) {
            progress.good(record.size());
            return;
        }
        try (ObjectData data = tiered.get(record.key())) {
            if (data instanceof ObjectData.Cold cold) {
                cold.body().transferTo(OutputStream.nullOutputStream());
            }
        } catch (LandfallException | IOException e) {
            LOG.error("The data of {} are bad, and S3 cannot replace them: {}", record.key(), e.getMessage());
            progress.lost(record.key(), "its data are bad and were set aside: " + e.getMessage());
            return;
        }
        progress.healed(record.key(), record.size());
    }
}
