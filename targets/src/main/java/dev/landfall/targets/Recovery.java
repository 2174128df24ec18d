package dev.landfall.targets;

import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings memory and files in line with the index at start. The index is the truth; what it does not name never happened. */
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    private Recovery() {}

    static void run(Mountpath mountpath) {
        mountpath.uploads().load();
        mountpath.intents().load();
        mountpath.unsynced().load();
        mountpath.outbox().load();
        loadTally(mountpath);
        mountpath.garbage().load();
        removeOrphans(mountpath);
    }

    private static void loadTally(Mountpath mountpath) {
        mountpath.index().scanAll(Column.DIRTY, (key, value) -> {
            ObjectRecord record = mountpath.find(ObjectKey.fromBytes(value));
            if (record == null
                    || record.dirtySince() == null
                    || record.dirtySince().order() != IndexKeys.numberOf(key)) {
                throw new IllegalStateException(
                        "The dirty index and the record of " + ObjectKey.fromBytes(value) + " disagree");
            }
            mountpath.tally().change(IndexKeys.partitionOf(key), null, record);
            return true;
        });
    }

    private static void removeOrphans(Mountpath mountpath) {
        Set<Long> named = new HashSet<>();
        mountpath.intents().leftBehind().forEach(intent -> intent.files().forEach(file -> named.add(file.id())));
        mountpath.uploads().eachPart((upload, part) -> named.add(part.file().id()));
        var orphans = new HashSet<Long>();
        mountpath.files().eachFrom(mountpath.ids().lowestOpenAtStart(), id -> {
            byte[] key = IndexKeys.file(id);
            if (!named.contains(id)
                    && mountpath.index().get(Column.FILES, key) == null
                    && mountpath.index().get(Column.GARBAGE, key) == null) {
                orphans.add(id);
            }
        });
        orphans.forEach(mountpath.files()::unlink);
        if (!orphans.isEmpty()) {
            LOG.info("Removed {} data files of changes that were never committed", orphans.size());
        }
    }
}
