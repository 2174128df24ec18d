package dev.landfall.node;

import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Lets a command stop in order: the first signal asks it to, the second ends the process at once. By reflection, because the compiler
 * refuses {@code sun.misc.Signal} even though the JDK exports it; shutdown hooks alone could neither choose the exit code nor see a second
 * signal.
 */
public final class Signals {
    private final CountDownLatch asked = new CountDownLatch(1);
    private final AtomicInteger count = new AtomicInteger();

    private Signals() {}

    /** @param interrupt whether Ctrl-C counts; a child leaves it to its parent, which still needs it for a moment */
    public static Signals install(boolean interrupt) {
        var signals = new Signals();
        handle("INT", interrupt ? signals::arrived : () -> {});
        handle("TERM", signals::arrived);
        handle("HUP", interrupt ? signals::arrived : () -> {});
        return signals;
    }

    /** Returns when the process has been asked to stop. */
    public void await() throws InterruptedException {
        asked.await();
    }

    /** Whether the process has been asked to stop. */
    public boolean arrivedAny() {
        return asked.getCount() == 0;
    }

    /** Asks for the stop, as a signal would. */
    public void stop() {
        asked.countDown();
    }

    private void arrived() {
        if (count.incrementAndGet() > 1) {
            Runtime.getRuntime().halt(130);
        }
        asked.countDown();
    }

    private static void handle(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object calling = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            action.run();
                        }
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), calling);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("This Java does not let a program handle signals", e);
        }
    }
}
