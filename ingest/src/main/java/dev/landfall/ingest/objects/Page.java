package dev.landfall.ingest.objects;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landfall.model.BucketName;
import dev.landfall.model.ObjectKey;
import dev.landfall.writeback.ObjectInfo;
import dev.landfall.writeback.TieredStore;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A part of a listing, sorted by the bytes of the names: objects, and in place of those with the delimiter their common prefixes. */
public final class Page {
    private static final int BATCH = 16;
    private static final String LAST_CHARACTER = Character.toString(Character.MAX_CODE_POINT);
    private static final Comparator<Entry> BY_NAME =
            Comparator.comparing(entry -> entry.name().getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

    /**
     * What is asked for.
     *
     * @param delimiter empty for none
     * @param after the listing goes on behind this name, or behind everything with this common prefix
     */
    public record Query(BucketName bucket, String prefix, String delimiter, String after, int limit) {
        /** The common prefix that stands for the name; null when it stands for itself. */
        @Nullable
        String commonPrefix(String name) {
            int cut = delimiter.isEmpty() ? -1 : name.indexOf(delimiter, Math.min(prefix.length(), name.length()));
            return cut < 0 ? null : name.substring(0, cut + delimiter.length());
        }

        private String begin() {
            return after.startsWith(prefix) && after.equals(commonPrefix(after)) ? behind(after) : after;
        }
    }

    /** @param object as {@link ObjectJson} writes it; null for a common prefix */
    public record Entry(String name, @Nullable JsonNode object) {}

    private Page() {}

    /** No name with this prefix sorts behind it, and every other name behind these does. */
    private static String behind(String prefix) {
        return prefix + LAST_CHARACTER.repeat(ObjectKey.MAX_NAME_BYTES / 4 + 1);
    }

    /** This node's share. What a common prefix stands for is jumped over, not walked. */
    static List<Entry> here(TieredStore store, Query query) {
        List<Entry> found = new ArrayList<>();
        String cursor = query.begin();
        for (int batch = query.delimiter().isEmpty() ? query.limit() : BATCH; found.size() < query.limit(); ) {
            List<ObjectInfo> infos = store.list(query.bucket(), query.prefix(), cursor, batch);
            String inside = null;
            for (ObjectInfo info : infos) {
                String name = info.key().name();
                if (inside != null && name.startsWith(inside) || found.size() == query.limit()) {
                    continue;
                }
                inside = query.commonPrefix(name);
                found.add(inside == null ? new Entry(name, ObjectJson.of(info)) : new Entry(inside, null));
                cursor = inside == null ? name : behind(inside);
            }
            if (infos.size() < batch) {
                break;
            }
            batch = inside == null ? Math.min(2 * batch, ListObjects.MAX_PAGE) : BATCH;
        }
        return found;
    }

    /** The shares of all nodes as one. A common prefix may be in several of them. */
    static List<Entry> merge(List<List<Entry>> shares) {
        List<Entry> all = new ArrayList<>();
        shares.forEach(all::addAll);
        all.sort(BY_NAME);
        List<Entry> merged = new ArrayList<>();
        for (Entry entry : all) {
            boolean again = entry.object() == null
                    && !merged.isEmpty()
                    && merged.getLast().object() == null
                    && merged.getLast().name().equals(entry.name());
            if (!again) {
                merged.add(entry);
            }
        }
        return merged;
    }
}
