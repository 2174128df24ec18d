package dev.landfall.targets;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How many more files a file system can hold, by {@code statvfs(3)}: one with many small files runs out of inodes long before it runs out
 * of bytes, and Java does not tell. Only on 64-bit Linux, whose C libraries agree on the structure; elsewhere, and on file systems without a
 * fixed number of inodes, there is no limit.
 */
final class FreeFiles {
    /** A little more than the structure has. */
    private static final int BYTES = 128;

    private static final int FILES = 40;
    private static final int FILES_AVAILABLE = 56;
    private static final @Nullable MethodHandle STATVFS = statvfs();

    private FreeFiles() {}

    @SuppressWarnings("restricted") // a function of the C library with a fixed signature
    private static @Nullable MethodHandle statvfs() {
        if (!"Linux".equals(System.getProperty("os.name")) || ValueLayout.ADDRESS.byteSize() != 8) {
            return null;
        }
        try {
            Linker linker = Linker.nativeLinker();
            return linker.downcallHandle(
                    linker.defaultLookup().find("statvfs").orElseThrow(),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
        } catch (RuntimeException | LinkageError e) {
            return null;
        }
    }

    /** Files that can still be made; {@link Long#MAX_VALUE} where nobody knows. */
    static long usable(Path directory) {
        return number(directory, FILES_AVAILABLE);
    }

    static long total(Path directory) {
        return number(directory, FILES);
    }

    private static long number(Path directory, int at) {
        MethodHandle statvfs = STATVFS;
        if (statvfs == null) {
            return Long.MAX_VALUE;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment path = arena.allocateFrom(directory.toAbsolutePath().toString());
            MemorySegment result = arena.allocate(BYTES, 8);
            boolean known =
                    (int) statvfs.invokeExact(path, result) == 0 && result.get(ValueLayout.JAVA_LONG, FILES) > 0;
            return known ? result.get(ValueLayout.JAVA_LONG, at) : Long.MAX_VALUE;
        } catch (Throwable e) {
            return Long.MAX_VALUE;
        }
    }
}
