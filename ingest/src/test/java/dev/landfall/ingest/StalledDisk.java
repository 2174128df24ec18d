package dev.landfall.ingest;

import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import dev.landfall.targets.ObjectStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A store with one mountpath whose disk does not answer for a while: who needs one of its files waits. */
final class StalledDisk {
    private static final Set<String> NEEDS_A_FILE = Set.of("newBody", "read");

    private final ObjectStore real;
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile Path mountpath = Path.of("none");
    private volatile CountDownLatch answers = new CountDownLatch(0);

    StalledDisk(ObjectStore real) {
        this.real = real;
    }

    /** The disk answers nobody until {@link #answer}. */
    void stall(Path which) {
        answers = new CountDownLatch(1);
        mountpath = which;
    }

    void answer() {
        answers.countDown();
    }

    int waiting() {
        return waiting.get();
    }

    ObjectStore store() {
        return (ObjectStore) Proxy.newProxyInstance(
                ObjectStore.class.getClassLoader(), new Class<?>[] {ObjectStore.class}, (proxy, method, arguments) -> {
                    if (NEEDS_A_FILE.contains(method.getName())) {
                        pass(arguments[0] instanceof ObjectRecord record ? record.key() : (ObjectKey) arguments[0]);
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private void pass(ObjectKey key) throws InterruptedException {
        if (real.mountpathOf(key).equals(mountpath)) {
            waiting.incrementAndGet();
            try {
                answers.await();
            } finally {
                waiting.decrementAndGet();
            }
        }
    }
}
