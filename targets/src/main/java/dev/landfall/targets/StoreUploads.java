package dev.landfall.targets;

import dev.landfall.model.BucketName;
import dev.landfall.model.ChangeCause;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.WritebackMode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Multipart uploads over all mountpaths. */
final class StoreUploads implements Uploads {
    private final Store store;

    StoreUploads(Store store) {
        this.store = store;
    }

    @Override
    public Upload create(
            ObjectKey key,
            @Nullable String contentType,
            Map<String, String> metadata,
            Map<String, String> headers,
            @Nullable WritebackMode mode,
            ChangeCause cause) {
        Mountpath mountpath = store.owned(key);
        var upload = new Upload(
                key,
                store.reserve(key).toString(),
                contentType,
                metadata,
                headers,
                mode,
                cause,
                mountpath.uploads().now());
        mountpath.uploads().create(upload);
        return upload;
    }

    @Override
    public Upload find(ObjectKey key, String id) {
        return store.owned(key).uploads().find(key, id);
    }

    @Override
    public UploadedPart put(
            ObjectKey key, String id, int number, BodyWriter body, String etag, Map<String, String> checksums) {
        try {
            if (number < 1 || number > MOST_PARTS) {
                throw new LandfallException(
                        ErrorCode.INVALID_ARGUMENT, "A part number is between 1 and " + MOST_PARTS + ", not " + number);
            }
            Mountpath mountpath = store.owned(key);
            if (!(body instanceof DataBody own) || own.owner() != mountpath.bodies()) {
                throw new IllegalArgumentException("The body was not opened for " + key);
            }
            return mountpath.uploads().put(key, id, number, own, etag, checksums);
        } finally {
            // Does nothing once it is taken.
            body.close();
        }
    }

    @Override
    public List<UploadedPart> parts(ObjectKey key, String id, int afterNumber, int limit) {
        return store.owned(key).uploads().parts(key, id, afterNumber, limit);
    }

    @Override
    public List<Upload> list(BucketName bucket, String prefix, String afterName, @Nullable String afterId, int limit) {
        byte[] first = bytes(bucket + "/" + prefix);
        // After all uploads of a name comes what begins with the name and a byte above 0.
        byte[] next = afterId == null ? bytes(bucket + "/" + afterName + "\1") : bytes(bucket + "/" + afterName);
        byte[] from = afterName.isEmpty() || Arrays.compareUnsigned(first, next) > 0 ? first : next;
        byte[] end = first.clone();
        // UTF-8 has no byte 0xff, so this cannot overflow.
        end[end.length - 1]++;
        var found = new ArrayList<Upload>();
        if (limit <= 0 || Arrays.compareUnsigned(from, end) >= 0) {
            return found;
        }
        for (Mountpath mountpath : store.holders()) {
            int most = found.size() + limit;
            mountpath.index().scan(Column.UPLOADS, from, end, (at, value) -> {
                ObjectKey key = IndexKeys.keyOfIntent(at);
                String id = IndexKeys.generationOf(at).toString();
                boolean seen = afterId != null && key.name().equals(afterName) && id.compareTo(afterId) <= 0;
                if (!seen && mountpath.isAssigned(mountpath.partitionOf(key))) {
                    found.add(UploadCodec.upload(key, id, value));
                }
                return found.size() < most;
            });
        }
        found.sort(Comparator.comparing(Upload::key).thenComparing(Upload::id));
        return List.copyOf(found.subList(0, Math.min(limit, found.size())));
    }

    @Override
    public BodyWriter assemble(ObjectKey key, String id, List<UploadedPart> parts) {
        return store.owned(key).uploads().assemble(key, id, parts);
    }

    @Override
    public Optional<ObjectRecord> completed(ObjectKey key, String id) {
        return store.owned(key).uploads().completed(key, id);
    }

    @Override
    public void abort(ObjectKey key, String id) {
        store.owned(key).uploads().abort(key, id);
    }

    @Override
    public int expire(Duration age) {
        return store.mountpaths().stream()
                .mapToInt(mountpath -> mountpath.uploads().expire(age))
                .sum();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
