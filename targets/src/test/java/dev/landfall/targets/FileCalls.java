package dev.landfall.targets;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * The system calls with which a process changes the files below a directory, from now on: counted over all of its threads in the order in
 * which they are made. Can kill the process as it enters the n-th, which then does not happen.
 *
 * <p>It does what {@code strace -f --inject=…:signal=KILL:when=n} does, but for two things: strace counts the calls of each thread for
 * itself, and its {@code -P} takes single files, not those below a directory.
 */
final class FileCalls {
    private static final int X86_64 = 0xC000003E;
    private static final int AARCH64 = 0xC00000B7;
    private static final long FICLONE = 0x40049409;
    private static final long O_CREAT = 0x40;

    /** What of a call names the file: argument d is a descriptor, p a path. */
    private record Kind(String name, char what, int argument) {}

    private static final Map<Long, Kind> OF_X86_64 = Map.ofEntries(
            kind(1, "write", 'd', 0),
            kind(18, "pwrite64", 'd', 0),
            kind(20, "writev", 'd', 0),
            kind(296, "pwritev", 'd', 0),
            kind(40, "sendfile", 'd', 0),
            kind(326, "copy_file_range", 'd', 2),
            kind(16, "ioctl", 'd', 0),
            kind(74, "fsync", 'd', 0),
            kind(75, "fdatasync", 'd', 0),
            kind(277, "sync_file_range", 'd', 0),
            kind(306, "syncfs", 'd', 0),
            kind(77, "ftruncate", 'd', 0),
            kind(285, "fallocate", 'd', 0),
            kind(2, "open", 'p', 0),
            kind(257, "openat", 'p', 1),
            kind(82, "rename", 'p', 0),
            kind(264, "renameat", 'p', 1),
            kind(316, "renameat2", 'p', 1),
            kind(86, "link", 'p', 1),
            kind(265, "linkat", 'p', 3),
            kind(87, "unlink", 'p', 0),
            kind(263, "unlinkat", 'p', 1),
            kind(83, "mkdir", 'p', 0),
            kind(258, "mkdirat", 'p', 1),
            kind(84, "rmdir", 'p', 0));
    private static final Map<Long, Kind> OF_AARCH64 = Map.ofEntries(
            kind(64, "write", 'd', 0),
            kind(68, "pwrite64", 'd', 0),
            kind(66, "writev", 'd', 0),
            kind(70, "pwritev", 'd', 0),
            kind(71, "sendfile", 'd', 0),
            kind(285, "copy_file_range", 'd', 2),
            kind(29, "ioctl", 'd', 0),
            kind(82, "fsync", 'd', 0),
            kind(83, "fdatasync", 'd', 0),
            kind(84, "sync_file_range", 'd', 0),
            kind(267, "syncfs", 'd', 0),
            kind(46, "ftruncate", 'd', 0),
            kind(47, "fallocate", 'd', 0),
            kind(56, "openat", 'p', 1),
            kind(38, "renameat", 'p', 1),
            kind(276, "renameat2", 'p', 1),
            kind(37, "linkat", 'p', 3),
            kind(35, "unlinkat", 'p', 1),
            kind(34, "mkdirat", 'p', 1));

    private static final int EIO = 5;

    /** What becomes of the call. */
    enum Fault {
        KILL,
        /** An error of the disk. Only on x86-64. */
        ERROR
    }

    private final ProcessHandle process;
    private final Path directory;
    private final Fault fault;
    private final int at;
    /** The thread whose call fails. */
    private int failing;

    private final List<String> calls = new ArrayList<>();
    private final CompletableFuture<Void> attached = new CompletableFuture<>();
    private final CompletableFuture<List<String>> ended = new CompletableFuture<>();

    private FileCalls(ProcessHandle process, Path directory, Fault fault, int at) {
        this.process = process;
        this.directory = directory;
        this.fault = fault;
        this.at = at;
    }

    /**
     * Begins to watch a child of this process, and returns once every thread of it is watched.
     *
     * @param at counted from 1; 0 to let everything happen
     */
    static FileCalls watch(Process process, Path directory, Fault fault, int at) throws Exception {
        var watched = new FileCalls(process.toHandle(), directory.toRealPath(), fault, at);
        Thread.ofPlatform().daemon().name("file-calls").start(watched::run);
        unwrap(watched.attached::get);
        return watched;
    }

    /** Waits for the end of the process; returns the calls it has made or was killed at, as a name and a file. */
    List<String> await() throws Exception {
        return unwrap(ended::get);
    }

    private static <T> T unwrap(Callable<T> future) throws Exception {
        try {
            return future.call();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }

    private void run() {
        try (var ptrace = new Ptrace()) {
            attach(ptrace);
            for (Ptrace.Stop stop; (stop = ptrace.next()) != null; ) {
                take(ptrace, stop);
            }
            ended.complete(List.copyOf(calls));
        } catch (IOException | RuntimeException e) {
            process.destroyForcibly();
            attached.completeExceptionally(e);
            ended.completeExceptionally(e);
        }
    }

    /** The first thread of a Java process only waits for its end; its stops would confuse who started it. */
    private void attach(Ptrace ptrace) throws IOException {
        Set<Integer> seized = new HashSet<>();
        var stopped = new HashSet<Integer>();
        for (boolean more = true; more; ) {
            more = false;
            for (int thread : threads()) {
                if (thread != process.pid() && !seized.contains(thread) && ptrace.seize(thread)) {
                    seized.add(thread);
                    more = true;
                }
            }
            while (!stopped.containsAll(seized)) {
                Ptrace.Stop stop = ptrace.next();
                if (stop == null) {
                    throw new IOException("The process has ended");
                }
                stopped.add(stop.thread());
                take(ptrace, stop);
            }
        }
        attached.complete(null);
    }

    private List<Integer> threads() throws IOException {
        try (var tasks = Files.list(Path.of("/proc/" + process.pid() + "/task"))) {
            return tasks.map(task -> Integer.valueOf(task.getFileName().toString()))
                    .toList();
        }
    }

    private void take(Ptrace ptrace, Ptrace.Stop stop) throws IOException {
        if (stop.signal() < 0) {
            return;
        }
        if (stop.syscall()) {
            Ptrace.Entry entry = ptrace.entry(stop);
            if (entry == null && stop.thread() == failing) {
                ptrace.answer(stop, -EIO);
                failing = 0;
            }
            boolean dead = fault == Fault.KILL && at > 0 && calls.size() == at;
            String call = entry == null || dead ? null : changing(entry);
            if (call != null) {
                calls.add(call);
                if (calls.size() == at) {
                    strike(ptrace, stop);
                }
            }
        }
        ptrace.resume(stop);
    }

    private void strike(Ptrace ptrace, Ptrace.Stop stop) throws IOException {
        switch (fault) {
            case KILL -> process.destroyForcibly();
            case ERROR -> {
                ptrace.refuse(stop);
                failing = stop.thread();
            }
        }
    }

    /** What a call changes below the directory; null when nothing. */
    private String changing(Ptrace.Entry entry) throws IOException {
        Kind kind = (switch (entry.arch()) {
                    case X86_64 -> OF_X86_64;
                    case AARCH64 -> OF_AARCH64;
                    default -> throw new IOException("No table of system calls for architecture " + entry.arch());
                })
                .get(entry.number());
        if (kind == null
                || kind.name.equals("ioctl") && entry.arguments()[1] != FICLONE
                || kind.name.equals("open") && (entry.arguments()[1] & O_CREAT) == 0
                || kind.name.equals("openat") && (entry.arguments()[2] & O_CREAT) == 0) {
            return null;
        }
        long argument = entry.arguments()[kind.argument];
        String file = kind.what == 'd' ? Ptrace.file(process.pid(), argument) : Ptrace.string(process.pid(), argument);
        return file.startsWith(directory + "/")
                ? kind.name + " " + file.substring(directory.toString().length() + 1)
                : null;
    }

    private static Map.Entry<Long, Kind> kind(long number, String name, char what, int argument) {
        return Map.entry(number, new Kind(name, what, argument));
    }
}
