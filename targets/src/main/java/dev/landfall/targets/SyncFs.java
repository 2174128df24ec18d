package dev.landfall.targets;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Linux's {@code syncfs(2)}: one call for all files of a file system, where {@code fsync} would be one for each. Since Linux 5.8 it reports
 * every write-back error since the descriptor was opened, so it is opened when the mountpath is. Other systems do without.
 */
final class SyncFs implements AutoCloseable {
    private record Calls(MethodHandle open, MethodHandle syncfs, MethodHandle close) {}

    private static final @Nullable Calls CALLS = calls();

    private final Calls calls;
    private final int descriptor;

    private SyncFs(Calls calls, int descriptor) {
        this.calls = calls;
        this.descriptor = descriptor;
    }

    @SuppressWarnings("restricted") // three functions of the C library with fixed signatures
    private static @Nullable Calls calls() {
        if (!"Linux".equals(System.getProperty("os.name")) || !sinceLinux58(System.getProperty("os.version", ""))) {
            return null;
        }
        try {
            Linker linker = Linker.nativeLinker();
            var lookup = linker.defaultLookup();
            var intOfInt = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
            return new Calls(
                    linker.downcallHandle(
                            lookup.find("open").orElseThrow(),
                            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
                            Linker.Option.firstVariadicArg(2)),
                    linker.downcallHandle(lookup.find("syncfs").orElseThrow(), intOfInt),
                    linker.downcallHandle(lookup.find("close").orElseThrow(), intOfInt));
        } catch (RuntimeException | LinkageError e) {
            return null;
        }
    }

    /** Older kernels lose errors. */
    static boolean sinceLinux58(String version) {
        String[] parts = version.split("[^0-9]+");
        try {
            int major = Integer.parseInt(parts[0]);
            return major > 5 || major == 5 && parts.length > 1 && Integer.parseInt(parts[1]) >= 8;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /** Null where there is no such thing. */
    static @Nullable SyncFs open(Path directory) {
        Calls calls = CALLS;
        if (calls == null) {
            return null;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment path = arena.allocateFrom(directory.toAbsolutePath().toString());
            int descriptor = (int) calls.open.invokeExact(path, 0);
            return descriptor < 0 ? null : new SyncFs(calls, descriptor);
        } catch (Throwable e) {
            return null;
        }
    }

    void sync() throws IOException {
        if (call(calls.syncfs) != 0) {
            throw new IOException("syncfs reports that data could not be written");
        }
    }

    @Override
    public void close() {
        try {
            call(calls.close);
        } catch (IOException e) {
            // one descriptor less
        }
    }

    private int call(MethodHandle handle) throws IOException {
        try {
            return (int) handle.invokeExact(descriptor);
        } catch (Throwable e) {
            throw new IOException(e);
        }
    }
}
