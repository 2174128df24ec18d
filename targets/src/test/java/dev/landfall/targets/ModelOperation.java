package dev.landfall.targets;

import java.io.IOException;
import java.util.List;

/** One step of a {@link ModelRun}. Names are numbers of {@link ModelRun#NAMES}; what does not fit the moment is a refusal to be expected. */
sealed interface ModelOperation {
    void apply(ModelRun run) throws IOException;

    /** @param synced whether the data file has to survive a power cut */
    record Put(int name, int size, boolean synced, boolean remote, boolean dirty, boolean reserved)
            implements ModelOperation {
        @Override
        public void apply(ModelRun run) {
            run.put(name, run.content(size), synced, remote, dirty, reserved);
        }
    }

    /** An object of two parts; a third is replaced, a fourth is not used. */
    record Multipart(int name, int size, int cut) implements ModelOperation {
        @Override
        public void apply(ModelRun run) {
            run.multipart(name, run.content(size), cut);
        }
    }

    record Delete(int name) implements ModelOperation {
        @Override
        public void apply(ModelRun run) {
            run.delete(name);
        }
    }

    record Copy(int from, int to) implements ModelOperation {
        @Override
        public void apply(ModelRun run) {
            run.copy(from, to);
        }
    }

    record Get(int name) implements ModelOperation {
        @Override
        public void apply(ModelRun run) {
            run.get(name);
        }
    }

    /** From and to in thousandths of the object. */
    record Range(int name, int from, int to) implements ModelOperation {
        @Override
        public void apply(ModelRun run) throws IOException {
            run.range(name, Math.min(from, to), Math.max(from, to));
        }
    }

    record Listing(String prefix, int after, int limit) implements ModelOperation {
        @Override
        public void apply(ModelRun run) {
            run.list(prefix, after, limit);
        }
    }

    /** A body that nobody commits. */
    record GiveUp(int name, int size) implements ModelOperation {
        @Override
        public void apply(ModelRun run) {
            run.giveUp(name, size);
        }
    }

    /** S3 has what is there now. */
    record Uploaded(int name) implements ModelOperation {
        @Override
        public void apply(ModelRun run) {
            run.uploaded(name);
        }
    }

    /** S3 refuses what is there now. */
    record Park(int name) implements ModelOperation {
        @Override
        public void apply(ModelRun run) {
            run.park(name);
        }
    }

    /** The operator has it tried again. */
    record Unpark(int name) implements ModelOperation {
        @Override
        public void apply(ModelRun run) {
            run.unpark(name);
        }
    }

    /** The local copy of what S3 has. */
    record Fill(int name, int size) implements ModelOperation {
        @Override
        public void apply(ModelRun run) {
            run.fill(name, run.content(size));
        }
    }

    /** Kafka has half of a partition's events. */
    record Trim(int partition) implements ModelOperation {
        @Override
        public void apply(ModelRun run) {
            run.trim(partition);
        }
    }

    record Reap() implements ModelOperation {
        @Override
        public void apply(ModelRun run) {
            run.reap();
        }
    }

    record FullDisk(boolean full) implements ModelOperation {
        @Override
        public void apply(ModelRun run) {
            run.fullDisk(full);
        }
    }

    /** A sync fails in the middle of a put; the node is started again. */
    record FailingSync(int name, boolean ofTheDirectory) implements ModelOperation {
        @Override
        public void apply(ModelRun run) {
            run.failingSync(name, ofTheDirectory);
        }
    }

    record Reopen() implements ModelOperation {
        @Override
        public void apply(ModelRun run) {
            run.reopen();
        }
    }

    /** @param lost what becomes of the files that were not synced */
    record Crash(Lost lost) implements ModelOperation {
        @Override
        public void apply(ModelRun run) throws IOException {
            run.crash(lost);
        }
    }

    enum Lost {
        NOTHING,
        THE_LAST_BYTE,
        ALL_BYTES,
        THE_NAME
    }

    /** Prints so that a short one can be read, and a long one does not fill the screen. */
    record Sequence(List<ModelOperation> operations) {
        private static final int SHOWN = 50;

        @Override
        public String toString() {
            var text = new StringBuilder(operations.size() + " operations");
            operations.stream().limit(SHOWN).forEach(each -> text.append("\n  ").append(each));
            return operations.size() > SHOWN ? text + "\n  and so on" : text.toString();
        }
    }
}
