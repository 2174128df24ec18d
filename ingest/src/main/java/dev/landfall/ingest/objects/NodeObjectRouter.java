package dev.landfall.ingest.objects;

import dev.landfall.ingest.ObjectRouter;
import dev.landfall.ingest.cluster.Decisions;
import dev.landfall.ingest.peer.PeerBody;
import dev.landfall.model.ClusterCommand;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.writeback.ObjectData;
import dev.landfall.writeback.PutOutcome;
import dev.landfall.writeback.PutRequest;
import dev.landfall.writeback.PutSession;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/** Objects from this process, wherever they live. */
public final class NodeObjectRouter implements ObjectRouter {
    private final Objects objects;
    private final Decisions decisions;

    public NodeObjectRouter(Objects objects, Decisions decisions) {
        this.objects = objects;
        this.decisions = decisions;
    }

    @Override
    public boolean isLocal(ObjectKey key) {
        return objects.places().isHere(key);
    }

    @Override
    public PutOutcome putFile(ObjectKey key, PutRequest request, Path file) {
        objects.places().view().bucket(key.bucket());
        PutRequest sized = request.withLength(size(file));
        return switch (objects.places().of(key)) {
            case Places.Place.Here here -> putHere(key, sized, file);
            case Places.Place.There there ->
                objects.remote().put(key, there, ObjectHeaders.toPeer(sized), new FileBody(file, sized.length()));
        };
    }

    @Override
    public PutOutcome putCopy(ObjectKey key, PutRequest request, ObjectData source) {
        objects.places().view().bucket(key.bucket());
        PutRequest sized = request.withLength(source.info().size());
        return switch (objects.places().of(key)) {
            case Places.Place.Here here -> here(() -> objects.local().copy(source, key, sized));
            case Places.Place.There there ->
                objects.remote().put(key, there, ObjectHeaders.toPeer(sized), new DataBody(source));
        };
    }

    private PutOutcome putHere(ObjectKey key, PutRequest request, Path file) {
        return here(() -> {
            try (PutSession session = objects.local().put(key, request)) {
                session.copyFrom(file);
                return session.commit();
            }
        });
    }

    private PutOutcome here(Supplier<PutOutcome> put) {
        objects.refuseWhenOutboxIsFull();
        try {
            return put.get();
        } catch (LandfallException e) {
            throw e.code() == ErrorCode.NOT_OWNER
                    ? new LandfallException(
                            ErrorCode.OWNER_UNAVAILABLE,
                            "The owner of the key's partition is not ready; try again in a moment",
                            e)
                    : e;
        }
    }

    @Override
    public void submit(ClusterCommand command) {
        decisions.submit(command);
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new LandfallException(ErrorCode.INVALID_ARGUMENT, "The file " + file + " cannot be read", e);
        }
    }

    private record FileBody(Path file, long length) implements PeerBody {
        @Override
        public void writeTo(OutputStream out) throws IOException {
            byte[] chunk = new byte[64 << 10];
            try (InputStream in = open()) {
                for (int n; (n = read(in, chunk)) >= 0; ) {
                    out.write(chunk, 0, n);
                }
            }
        }

        private InputStream open() {
            try {
                return Files.newInputStream(file);
            } catch (IOException e) {
                throw unreadable(e);
            }
        }

        private int read(InputStream in, byte[] chunk) {
            try {
                return in.read(chunk);
            } catch (IOException e) {
                throw unreadable(e);
            }
        }

        private LandfallException unreadable(IOException e) {
            return new LandfallException(ErrorCode.INTERNAL_ERROR, "The file " + file + " cannot be read", e);
        }

        @Override
        public boolean repeatable() {
            return true;
        }
    }
}
