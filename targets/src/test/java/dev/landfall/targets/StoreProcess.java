package dev.landfall.targets;

import dev.landfall.model.BucketName;
import dev.landfall.model.ChangeCause;
import dev.landfall.model.Durability;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.TimeSource;
import dev.landfall.model.WritebackMode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionException;

/**
 * A process that is nothing but a store under load, to be killed. Prints {@code ready}, then a line for every acknowledged change:
 * {@code put|delete <name> <generation>}. The content of a name's n-th put is {@link #content}. Arguments: directory, seed, threads, and the
 * percentage of puts that leave their file to the kernel.
 */
final class StoreProcess {
    static final int PARTITIONS = 8;
    static final BucketName BUCKET = new BucketName("load");
    private static final int NAMES_PER_THREAD = 20;

    private StoreProcess() {}

    public static void main(String[] args) throws Exception {
        ObjectStore store = open(Path.of(args[0]));
        long seed = Long.parseLong(args[1]);
        int unsynced = Integer.parseInt(args[3]);
        print("ready");
        for (int t = 0; t < Integer.parseInt(args[2]); t++) {
            int thread = t;
            Thread.ofPlatform().start(() -> load(store, thread, new Random(seed + thread), unsynced));
        }
    }

    static ObjectStore open(Path directory) {
        ObjectStore store = LocalStore.open(new LocalStore.Config(
                "child", List.of(directory.resolve("0"), directory.resolve("1")), PARTITIONS, TimeSource.system()));
        Map<Integer, Integer> epochs = new HashMap<>();
        for (int p = 0; p < PARTITIONS; p++) {
            epochs.put(p, 1);
        }
        store.assign(epochs);
        return store;
    }

    /** Ends with what it begins with, so that a half can be told from the whole. */
    static String content(String name, long number) {
        String mark = name + ":" + number;
        return mark + ".".repeat((int) (number * 37 % 5000)) + mark;
    }

    private static void load(ObjectStore store, int thread, Random random, int unsynced) {
        for (long number = 0; ; number++) {
            String name = "t" + thread + "/n" + random.nextInt(NAMES_PER_THREAD);
            var key = new ObjectKey(BUCKET, name);
            Change change =
                    random.nextInt(10) == 0 ? delete(key) : put(store, key, number, random.nextInt(100) < unsynced);
            try {
                if (store.commit(change).join() instanceof CommitResult.Committed(ObjectRecord record, var previous)) {
                    print((record.tombstone() ? "delete " : "put ") + name + " " + record.generation() + " " + number);
                    if (record.dirtySince() != null && random.nextBoolean()) {
                        store.commit(new Change.MarkClean(key, record.generation(), "\"e\""))
                                .join();
                    }
                }
            } catch (CompletionException e) {
                e.printStackTrace();
                return;
            }
        }
    }

    private static Change put(ObjectStore store, ObjectKey key, long number, boolean os) {
        byte[] bytes = content(key.name(), number).getBytes(StandardCharsets.UTF_8);
        BodyWriter body = store.newBody(key, bytes.length);
        for (int at = 0; at < bytes.length; at += 1000) {
            body.write(ByteBuffer.wrap(bytes, at, Math.min(1000, bytes.length - at)));
        }
        return new Change.Put(
                key,
                body,
                null,
                Map.of("number", Long.toString(number)),
                WritebackMode.ASYNC,
                ChangeCause.CLIENT,
                os ? Durability.OS : Durability.FSYNC,
                true,
                true,
                Condition.ALWAYS,
                null,
                null,
                null,
                null);
    }

    private static Change delete(ObjectKey key) {
        return new Change.Delete(
                key,
                WritebackMode.ASYNC,
                ChangeCause.CLIENT,
                Durability.FSYNC,
                true,
                true,
                false,
                Condition.ALWAYS,
                null,
                null);
    }

    private static synchronized void print(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
