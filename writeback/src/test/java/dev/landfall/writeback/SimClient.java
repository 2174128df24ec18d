package dev.landfall.writeback;

import static dev.landfall.writeback.SimPromises.TOMBSTONE;
import static dev.landfall.writeback.SimPromises.require;
import static dev.landfall.writeback.SimPromises.text;

import dev.landfall.model.ChangeCause;
import dev.landfall.model.Generation;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.WritebackMode;
import dev.landfall.targets.Condition;
import dev.landfall.targets.SimStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** A client: changes and reads at random, and holds what it is told against what was promised. */
final class SimClient implements Runnable {
    /** What a client of the simulation needs of the rest of it. */
    record World(
            SimLoop loop,
            SimProcess process,
            SimStore store,
            TieredStore tiered,
            SimPromises promises,
            SimHistory history,
            List<ObjectKey> keys,
            Duration pause,
            BooleanSupplier goesOn) {}

    private final World world;
    private final String name;
    private int count;
    private String last = "";

    SimClient(World world, String name) {
        this.world = world;
        this.name = name;
    }

    @Override
    public void run() {
        while (world.goesOn.getAsBoolean() && !world.store.isFenced()) {
            world.process.sleep(Duration.ofNanos(world.loop.random.nextLong(world.pause.toNanos())));
            ObjectKey key = world.keys.get(world.loop.random.nextInt(world.keys.size()));
            int dice = world.loop.random.nextInt(100);
            if (dice < 50) {
                put(
                        key,
                        dice < 35 ? WritebackMode.ASYNC : WritebackMode.SYNC,
                        dice % 10 == 0 ? Condition.ABSENT : Condition.ALWAYS);
            } else if (dice < 65) {
                delete(key, dice < 60 ? WritebackMode.ASYNC : WritebackMode.SYNC);
            } else {
                get(key);
            }
        }
    }

    boolean put(ObjectKey key, WritebackMode mode, Condition condition) {
        // Now and then the very bytes of before: whoever compares content only is led astray.
        boolean again = !last.isEmpty() && world.loop.chance(0.1) && !world.promises.wasRefused(last);
        String content = again ? last : name + "-" + ++count;
        byte[] body = content.getBytes(StandardCharsets.UTF_8);
        world.history.add(() -> name + " PUT " + key + " '" + content + "' " + mode + " " + condition);
        try (PutSession session = world.tiered.put(
                key, new PutRequest(body.length, null, Map.of(), mode, ChangeCause.CLIENT, condition, null, null))) {
            session.write(ByteBuffer.wrap(body));
            ObjectRecord record = session.commit().record();
            world.history.add(() -> name + " stored " + key + " " + record.generation() + " " + record.state());
            world.promises.acknowledged(key, record.generation(), content);
            last = content;
            return true;
        } catch (LandfallException e) {
            world.history.add(() -> name + " PUT " + key + " '" + content + "' failed: " + e.code());
            if (isCertain(e) && !again) {
                world.promises.refused(content);
            }
            return false;
        }
    }

    private void delete(ObjectKey key, WritebackMode mode) {
        if (world.store.isFenced()) {
            return;
        }
        ObjectRecord before = world.store.lookup(key).orElse(null);
        world.history.add(() -> name + " DELETE " + key + " " + mode);
        try {
            boolean was = world.tiered.delete(key, new DeleteRequest(mode, ChangeCause.CLIENT, Condition.ALWAYS, null));
            if (world.store.isFenced()) {
                return;
            }
            ObjectRecord now = world.store.lookup(key).orElse(null);
            world.history.add(() -> name + " deleted " + key + ": " + was + ", now " + now);
            require(
                    now == null
                            || now.tombstone()
                            || before == null
                            || now.generation().isAfter(before.generation()),
                    key + " was deleted, and is still " + now);
            if (now != null && now.tombstone()) {
                world.promises.raise(key, now.generation());
            }
        } catch (LandfallException e) {
            world.history.add(() -> name + " DELETE " + key + " failed: " + e.code());
            isCertain(e);
        }
    }

    /** What it holds; null when it cannot be read. */
    String get(ObjectKey key) {
        if (world.store.isFenced()) {
            return null;
        }
        Generation floor = world.promises.floor(key);
        ObjectRecord before = world.store.lookup(key).orElse(null);
        try (ObjectData data = world.tiered.get(key)) {
            switch (data) {
                case ObjectData.Local local -> {
                    ObjectRecord record = local.reader().record();
                    String content = text(world.store.bytes(record));
                    world.history.add(() -> name + " GET " + key + " " + record.generation() + " '" + content + "'");
                    world.promises.read(key, record.generation(), content, floor);
                    return content;
                }
                case ObjectData.Cold cold -> {
                    String content = text(cold.body().readAllBytes());
                    world.history.add(() -> name + " GET " + key + " from S3 '" + content + "'");
                    require(
                            before == null
                                    || before.dirtySince() == null
                                            && (world.promises.wasEver(key, content) || content.startsWith("foreign")),
                            key + " is read from S3 as '" + content + "', and is " + before);
                    return content;
                }
            }
        } catch (LandfallException e) {
            world.history.add(() -> name + " GET " + key + " failed: " + e.code());
            failed(key, e, before);
        } catch (IOException e) {
            world.history.add(() -> name + " GET " + key + " broke off");
        }
        return null;
    }

    private void failed(ObjectKey key, LandfallException e, ObjectRecord before) {
        ObjectRecord now =
                world.store.isFenced() ? null : world.store.lookup(key).orElse(null);
        switch (e.code()) {
            case NO_SUCH_OBJECT ->
                require(
                        before == null
                                || before.tombstone()
                                || now == null
                                || !now.generation().equals(before.generation()),
                        key + " is not found, and is " + before);
            case REMOTE_UNAVAILABLE, REMOTE_REFUSED, CORRUPT_OBJECT ->
                require(before == null || before.dirtySince() == null, key + " cannot be read, and is " + before);
            case BUSY, MOUNTPATH_FENCED, SHUTTING_DOWN, NOT_OWNER -> {}
            default -> throw new SimViolation("GET " + key + " answers " + e, e);
        }
    }

    /** Whether it says that nothing was changed. */
    private static boolean isCertain(LandfallException e) {
        return switch (e.code()) {
            case PRECONDITION_FAILED,
                    REMOTE_REFUSED,
                    REMOTE_UNAVAILABLE,
                    DIRTY_LIMIT,
                    BUSY,
                    INSUFFICIENT_STORAGE,
                    NOT_OWNER -> true;
            case OUTCOME_UNKNOWN, MOUNTPATH_FENCED, SHUTTING_DOWN -> false;
            default -> throw new SimViolation("a change is answered with " + e, e);
        };
    }

    /** What a record holds, for {@link SimPromises}. */
    static String content(SimStore store, ObjectRecord record) {
        return record.tombstone() ? TOMBSTONE : text(store.bytes(record));
    }
}
