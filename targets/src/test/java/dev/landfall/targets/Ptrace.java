package dev.landfall.targets;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Linux's {@code ptrace(2)} and {@code waitpid(2)}, as far as {@link FileCalls} needs them. All calls about a process have to come from the
 * thread that seized it.
 */
final class Ptrace implements AutoCloseable {
    static final int ENTERED = 1;
    private static final int POKE_USER = 6;
    private static final int SYSCALL = 24;
    private static final int SEIZE = 0x4206;
    private static final int INTERRUPT = 0x4207;
    private static final int GET_SYSCALL_INFO = 0x420e;
    /** New threads too; syscall stops can be told from signals; whoever we trace dies with us. */
    private static final long OPTIONS = 0x1 | 0x8 | 0x100000;
    /** All kinds of threads, but no other thread's children. */
    private static final int WAIT = 0x40000000 | 0x20000000;

    private static final int INFO_BYTES = 88;

    private final Linker.Option errno = Linker.Option.captureCallState("errno");
    private final MethodHandle ptrace;
    private final MethodHandle waitpid;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());
    private final MemorySegment status = arena.allocate(ValueLayout.JAVA_INT);
    private final MemorySegment info = arena.allocate(INFO_BYTES, 8);

    /** What a thread has stopped for. A thread that has ended has a negative signal. */
    record Stop(int thread, int signal, boolean syscall, boolean event) {}

    /** @param arch as the kernel numbers architectures for audit */
    record Entry(int arch, long number, long[] arguments) {}

    @SuppressWarnings("restricted") // two functions of the C library with fixed signatures
    Ptrace() {
        Linker linker = Linker.nativeLinker();
        var lookup = linker.defaultLookup();
        ptrace = linker.downcallHandle(
                lookup.find("ptrace").orElseThrow(),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_LONG),
                Linker.Option.firstVariadicArg(1),
                errno);
        waitpid = linker.downcallHandle(
                lookup.find("waitpid").orElseThrow(),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
                errno);
    }

    /** Returns whether there was such a thread. */
    boolean seize(int thread) throws IOException {
        return call(SEIZE, thread, 0, OPTIONS) && call(INTERRUPT, thread, 0, 0);
    }

    /** Makes the call that a thread enters none at all; {@link #answer} has to follow when it leaves it. Only on x86-64. */
    void refuse(Stop stop) throws IOException {
        call(POKE_USER, stop.thread, 15 * 8, -1);
    }

    /** Says what a refused call returns. */
    void answer(Stop stop, long result) throws IOException {
        call(POKE_USER, stop.thread, 10 * 8, result);
    }

    /** Lets a thread go on to where it next enters or leaves the kernel. */
    void resume(Stop stop) throws IOException {
        call(SYSCALL, stop.thread, 0, stop.syscall || stop.event ? 0 : stop.signal);
    }

    /** Waits for the next stop; null when nobody is left. */
    Stop next() throws IOException {
        int thread;
        do {
            thread = wait_();
        } while (thread < 0 && error() == 4);
        if (thread < 0) {
            return null;
        }
        int raw = status.get(ValueLayout.JAVA_INT, 0);
        if ((raw & 0xff) != 0x7f) {
            return new Stop(thread, -1, false, false);
        }
        int signal = raw >> 8 & 0xff;
        return new Stop(thread, signal & 0x7f, (signal & 0x80) != 0, raw >> 16 != 0);
    }

    /** The call that a stopped thread enters; null when it leaves one. */
    Entry entry(Stop stop) throws IOException {
        if (!call(GET_SYSCALL_INFO, stop.thread, INFO_BYTES, info.address())
                || info.get(ValueLayout.JAVA_BYTE, 0) != ENTERED) {
            return null;
        }
        long[] arguments = new long[6];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = info.get(ValueLayout.JAVA_LONG, 32 + 8L * i);
        }
        return new Entry(info.get(ValueLayout.JAVA_INT, 4), info.get(ValueLayout.JAVA_LONG, 24), arguments);
    }

    /** The file behind a descriptor of a process, or what it is instead. */
    static String file(long process, long descriptor) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/" + process + "/fd/" + (int) descriptor))
                    .toString();
        } catch (IOException e) {
            return "?";
        }
    }

    /** The C string at an address of a process. */
    static String string(long process, long address) throws IOException {
        try (var memory = new RandomAccessFile("/proc/" + process + "/mem", "r")) {
            memory.seek(address);
            byte[] bytes = new byte[4096];
            int length = 0;
            for (int next; length < bytes.length && (next = memory.read()) > 0; ) {
                bytes[length++] = (byte) next;
            }
            return new String(bytes, 0, length, StandardCharsets.UTF_8);
        }
    }

    private boolean call(int request, int thread, long address, long data) throws IOException {
        long result;
        try {
            result = (long) ptrace.invokeExact(state, request, thread, address, data);
        } catch (Throwable e) {
            throw new IOException(e);
        }
        if (result < 0 && error() != 3) {
            throw new IOException("ptrace request " + request + " failed with error " + error()
                    + ": are processes allowed to trace their children here?");
        }
        return result >= 0;
    }

    private int wait_() throws IOException {
        try {
            return (int) waitpid.invokeExact(state, -1, status, WAIT);
        } catch (Throwable e) {
            throw new IOException(e);
        }
    }

    private int error() {
        return state.get(
                ValueLayout.JAVA_INT,
                Linker.Option.captureStateLayout().byteOffset(MemoryLayout.PathElement.groupElement("errno")));
    }

    @Override
    public void close() {
        arena.close();
    }
}
