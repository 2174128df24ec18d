package dev.landfall.ingest.promote;

import dev.landfall.ingest.Promoter;
import dev.landfall.ingest.objects.Places;
import dev.landfall.model.ChangeCause;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.targets.Condition;
import dev.landfall.writeback.PutRequest;
import dev.landfall.writeback.PutSession;
import dev.landfall.writeback.TieredStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;

/** Walks below the promote roots and puts what this node owns. Symbolic links are not followed, so that no file outside is reached. */
public final class FilePromoter implements Promoter {
    private static final int WORKERS = 4;

    private final List<Path> roots;
    private final Places places;
    private final TieredStore local;
    private final Runnable admission;

    /** @param admission throws when no change may be made now */
    public FilePromoter(List<Path> roots, Places places, TieredStore local, Runnable admission) {
        this.roots = roots;
        this.places = places;
        this.local = local;
        this.admission = admission;
    }

    @Override
    public void run(Request request, Progress progress, BooleanSupplier cancelled) {
        places.view().bucket(request.bucket());
        Path start = resolve(request.path());
        if (Files.isRegularFile(start, LinkOption.NOFOLLOW_LINKS)) {
            String name = start.getFileName().toString();
            if (!cancelled.getAsBoolean()) {
                promote(request, start, name, progress);
            }
            return;
        }
        ExecutorService workers = Executors.newFixedThreadPool(
                WORKERS, Thread.ofPlatform().name("landfall-promote-", 0).factory());
        try (workers) {
            walk(request, start, workers, progress, cancelled);
        }
    }

    private Path resolve(Path path) {
        Path real;
        try {
            real = path.toRealPath();
        } catch (NoSuchFileException e) {
            if (roots.stream()
                    .noneMatch(root -> path.toAbsolutePath()
                            .normalize()
                            .startsWith(root.toAbsolutePath().normalize()))) {
                throw outside(path); // says nothing of what exists elsewhere
            }
            throw new LandfallException(
                    ErrorCode.INVALID_ARGUMENT, "There is no file or directory " + path + " on this node", e);
        } catch (IOException e) {
            throw outside(path);
        }
        if (roots.stream().noneMatch(root -> isBelow(real, root))) {
            throw outside(path);
        }
        return real;
    }

    private static boolean isBelow(Path real, Path root) {
        try {
            return real.startsWith(root.toRealPath());
        } catch (IOException e) {
            return false;
        }
    }

    private static LandfallException outside(Path path) {
        return new LandfallException(
                ErrorCode.PROMOTE_OUTSIDE_ROOTS,
                "The path " + path
                        + " is not below a promote root of this node; start it with --promote-root for a directory above");
    }

    private void walk(
            Request request, Path start, ExecutorService workers, Progress progress, BooleanSupplier cancelled) {
        var room = new Semaphore(WORKERS * 4);
        try {
            Files.walkFileTree(
                    start,
                    EnumSet.noneOf(java.nio.file.FileVisitOption.class),
                    request.recursive() ? Integer.MAX_VALUE : 1,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                            if (cancelled.getAsBoolean()) {
                                return FileVisitResult.TERMINATE;
                            }
                            if (!attributes.isRegularFile()) {
                                ignore(request, attributes, relative(start, file), progress);
                            } else {
                                room.acquireUninterruptibly();
                                workers.execute(() -> {
                                    try {
                                        if (!cancelled.getAsBoolean()) {
                                            promote(request, file, relative(start, file), progress);
                                        }
                                    } finally {
                                        room.release();
                                    }
                                });
                            }
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult visitFileFailed(Path file, IOException e) {
                            progress.failed(relative(start, file), "The file cannot be read: " + e);
                            return FileVisitResult.CONTINUE;
                        }
                    });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String relative(Path start, Path file) {
        return file.equals(start)
                ? String.valueOf(file.getFileName())
                : start.relativize(file).toString().replace(java.io.File.separatorChar, '/');
    }

    /** Said by one node, as of a file: by the owner of the key that it would have. */
    private void ignore(Request request, BasicFileAttributes attributes, String relative, Progress progress) {
        if (attributes.isDirectory()) {
            return; // the limit of the walk
        }
        String name = request.prefix() + relative;
        try {
            if (places.isHere(new ObjectKey(request.bucket(), name))) {
                progress.ignored(
                        name,
                        attributes.isSymbolicLink()
                                ? "A symbolic link is not followed; promote what it leads to"
                                : "It is not a regular file");
            }
        } catch (LandfallException e) {
            progress.failed(name, e.getMessage());
        }
    }

    private void promote(Request request, Path file, String relative, Progress progress) {
        String name = request.prefix() + relative;
        try {
            var key = new ObjectKey(request.bucket(), name);
            if (!places.isHere(key)) {
                return; // its owner's
            }
            long bytes = put(key, request, file);
            if (bytes < 0) {
                progress.skipped(name);
            } else {
                progress.stored(name, bytes);
            }
        } catch (LandfallException e) {
            progress.failed(name, e.getMessage());
        } catch (IOException | UncheckedIOException e) {
            progress.failed(name, "The file cannot be read: " + e);
        }
    }

    /** Returns the bytes stored, or -1 when there is an object already that must stay. */
    private long put(ObjectKey key, Request request, Path file) throws IOException {
        if (!request.overwrite() && exists(key)) {
            return -1;
        }
        admission.run();
        BasicFileAttributes before = attributes(file);
        var put = new PutRequest(
                before.size(),
                null,
                Map.of(),
                null,
                ChangeCause.PROMOTE,
                request.overwrite() ? Condition.ALWAYS : Condition.ABSENT,
                null,
                null);
        try (PutSession session = local.put(key, put)) {
            session.copyFrom(file);
            BasicFileAttributes after = attributes(file);
            boolean changed = !after.isRegularFile()
                    || after.size() != before.size()
                    || session.length() != before.size()
                    || !after.lastModifiedTime().equals(before.lastModifiedTime())
                    || !java.util.Objects.equals(after.fileKey(), before.fileKey());
            if (changed) {
                throw new LandfallException(
                        ErrorCode.INCOMPLETE_BODY, "The file changed while it was read; promote it again");
            }
            session.commit();
            return before.size();
        } catch (LandfallException e) {
            if (e.code() == ErrorCode.PRECONDITION_FAILED && !request.overwrite()) {
                return -1;
            }
            throw e;
        }
    }

    private boolean exists(ObjectKey key) {
        try {
            local.head(key);
            return true;
        } catch (LandfallException e) {
            if (e.code() == ErrorCode.NO_SUCH_OBJECT) {
                return false;
            }
            throw e;
        }
    }

    private static BasicFileAttributes attributes(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }
}
