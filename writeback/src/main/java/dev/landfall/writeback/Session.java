package dev.landfall.writeback;

import dev.landfall.model.BucketSpec;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.targets.BodyWriter;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A PUT in progress. */
final class Session implements PutSession {
    /** How the mode commits. */
    interface Commit {
        PutOutcome put(
                ObjectKey key, PutRequest request, Map<String, String> metadata, BucketSpec spec, BodyWriter body);

        /** As {@link PutSession#commitLater} says. */
        default @Nullable CompletableFuture<PutOutcome> putLater(
                ObjectKey key,
                PutRequest request,
                Map<String, String> metadata,
                BucketSpec spec,
                BodyWriter body,
                boolean mayWait) {
            return mayWait ? CompletableFuture.completedFuture(put(key, request, metadata, spec, body)) : null;
        }
    }

    private final ObjectKey key;
    private PutRequest request;
    private final BucketSpec spec;
    private final BodyWriter body;
    private final Commit commit;

    Session(ObjectKey key, PutRequest request, BucketSpec spec, BodyWriter body, Commit commit) {
        this.key = key;
        this.request = request;
        this.spec = spec;
        this.body = body;
        this.commit = commit;
    }

    @Override
    public void write(ByteBuffer bytes) {
        if (request.length() >= 0 && body.length() + bytes.remaining() > request.length()) {
            throw wrongLength(key.toString(), "longer", request.length());
        }
        body.write(bytes);
    }

    @Override
    public void copyFrom(Path file) {
        body.copyFrom(file);
    }

    @Override
    public void copyFrom(ObjectData source, long first, long count) {
        Appends.append(body, source, first, count);
    }

    @Override
    public long length() {
        return body.length();
    }

    @Override
    public void etag(String etag) {
        request = request.withEtag(etag);
    }

    @Override
    public PutOutcome commit() {
        check();
        // Landfall's own names are not the client's to set.
        return commit.put(key, request, RemoteObject.withoutOwn(request.metadata()), spec, body);
    }

    @Override
    public @Nullable CompletableFuture<PutOutcome> commitLater(boolean mayWait) {
        try {
            check();
            return commit.putLater(key, request, RemoteObject.withoutOwn(request.metadata()), spec, body, mayWait);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void check() {
        if (request.length() >= 0 && body.length() != request.length()) {
            throw wrongLength(
                    key.toString(), body.length() < request.length() ? "shorter" : "longer", request.length());
        }
        Description.checkEtag(request.etag());
    }

    @Override
    public void close() {
        body.close();
    }

    static LandfallException wrongLength(String what, String how, long declared) {
        return new LandfallException(
                ErrorCode.INCOMPLETE_BODY,
                "The body of " + what + " is " + how + " than the " + declared
                        + " bytes that were declared; send the request again");
    }
}
