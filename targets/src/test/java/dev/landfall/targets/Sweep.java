package dev.landfall.targets;

import dev.landfall.model.BucketName;
import dev.landfall.model.ChangeCause;
import dev.landfall.model.Durability;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.TimeSource;
import dev.landfall.model.WritebackMode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;

/**
 * What the crash sweep does to a store: the store as every sweep finds it, and one operation on it, as a process of its own that can be
 * killed. The process prints {@code ready}, waits for a line, and prints {@code acknowledged}, then {@code swept} once the store has no
 * work left; or why it was refused, and what becomes of another put after that.
 */
enum Sweep {
    PUT_SMALL("new", "small") {
        @Override
        Change change(ObjectStore store) {
            return put(store, key("new"), "small");
        }
    },
    PUT_LARGE("new", large("put")) {
        @Override
        Change change(ObjectStore store) {
            return put(store, key("new"), large("put"));
        }
    },
    OVERWRITE("old", "replaced") {
        @Override
        Change change(ObjectStore store) {
            return put(store, key("old"), "replaced");
        }
    },
    DELETE("old", null) {
        @Override
        Change change(ObjectStore store) {
            return new Change.Delete(
                    key("old"),
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
    },
    COPY("new", large("other")) {
        @Override
        Change change(ObjectStore store) {
            try (BodyReader source =
                    store.read(store.lookup(key("other")).orElseThrow()).orElseThrow()) {
                BodyWriter body = store.newBody(key("new"), source.record().size());
                source.paths().forEach(body::copyFrom);
                return putOf(key("new"), body);
            }
        }
    },
    COMPLETE_MULTIPART("old", "first part, last part") {
        @Override
        Change change(ObjectStore store) {
            ObjectKey key = key("old");
            Upload upload = store.uploads().list(BUCKET, "", "", null, 1).getFirst();
            List<UploadedPart> parts = store.uploads().parts(key, upload.id(), 0, 10);
            return putOf(key, store.uploads().assemble(key, upload.id(), List.of(parts.get(0), parts.get(2))));
        }
    };

    static final BucketName BUCKET = new BucketName("sweep");
    private static final int PARTITIONS = 4;

    final String name;
    final String after;

    /**
     * @param name of the object that it changes
     * @param after its content then; null for none
     */
    Sweep(String name, String after) {
        this.name = name;
        this.after = after;
    }

    abstract Change change(ObjectStore store);

    static ObjectKey key(String name) {
        return new ObjectKey(BUCKET, name);
    }

    static ObjectStore open(Path directory) {
        ObjectStore store =
                LocalStore.open(new LocalStore.Config("child", List.of(directory), PARTITIONS, TimeSource.system()));
        Map<Integer, Integer> epochs = new HashMap<>();
        for (int p = 0; p < PARTITIONS; p++) {
            epochs.put(p, 1);
        }
        store.assign(epochs);
        return store;
    }

    /** Makes the store that each run starts from; returns its objects. */
    static Map<String, String> prepare(Path directory) {
        var contents = Map.of("old", "to be changed", "other", large("other"), "small", "stays");
        try (ObjectStore store = open(directory)) {
            contents.forEach((name, content) ->
                    store.commit(put(store, key(name), content)).join());
            Upload upload = store.uploads()
                    .create(key("old"), null, Map.of(), Map.of(), WritebackMode.ASYNC, ChangeCause.CLIENT);
            for (String part : List.of("1first part, ", "2never used", "3last part")) {
                int number = part.charAt(0) - '0';
                store.uploads().put(key("old"), upload.id(), number, body(store, key("old"), part.substring(1)), "e");
            }
        }
        return contents;
    }

    public static void main(String[] args) throws IOException {
        ObjectStore store = open(Path.of(args[0]));
        System.out.println("ready");
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
        try {
            store.commit(valueOf(args[1]).change(store)).join();
            System.out.println("acknowledged");
            StoreInspector.counts(store);
            System.out.println("swept");
        } catch (LandfallException | CompletionException e) {
            System.out.println("refused: " + codeOf(e));
            try {
                store.commit(put(store, key("later"), "later")).join();
            } catch (LandfallException | CompletionException later) {
                System.out.println("later: " + codeOf(later));
            }
        }
        Runtime.getRuntime().halt(0);
    }

    private static ErrorCode codeOf(RuntimeException e) {
        return ((LandfallException) (e instanceof LandfallException ? e : e.getCause())).code();
    }

    static Change put(ObjectStore store, ObjectKey key, String content) {
        return putOf(key, body(store, key, content));
    }

    private static BodyWriter body(ObjectStore store, ObjectKey key, String content) {
        ByteBuffer bytes = ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8));
        BodyWriter body = store.newBody(key, bytes.remaining());
        while (bytes.hasRemaining()) {
            int count = Math.min(bytes.remaining(), 300_000);
            body.write(bytes.slice(bytes.position(), count));
            bytes.position(bytes.position() + count);
        }
        return body;
    }

    static Change putOf(ObjectKey key, BodyWriter body) {
        return new Change.Put(
                key,
                body,
                "text/plain",
                Map.of(),
                WritebackMode.ASYNC,
                ChangeCause.CLIENT,
                Durability.FSYNC,
                true,
                true,
                Condition.ALWAYS,
                null,
                null,
                null,
                null);
    }

    static String large(String what) {
        return what + ".".repeat(1_200_000) + what;
    }

    /** What an object of this store holds. */
    static String content(ObjectStore store, ObjectRecord record) throws IOException {
        var content = new StringBuilder();
        try (BodyReader reader = store.read(record).orElseThrow()) {
            for (Path file : reader.paths()) {
                content.append(java.nio.file.Files.readString(file));
            }
        }
        return content.toString();
    }
}
