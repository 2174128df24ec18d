package dev.landfall.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landfall.model.BucketName;
import dev.landfall.model.Generation;
import dev.landfall.model.ObjectKey;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** Walks the pages of a listing. */
final class Listing implements Iterator<ObjectStat> {
    private static final int PAGE = 1000;

    private final Cluster cluster;
    private final BucketName bucket;
    private final String prefix;
    private final Deque<ObjectStat> page = new ArrayDeque<>();
    private String after = "";
    private boolean ended;

    Listing(Cluster cluster, BucketName bucket, String prefix) {
        this.cluster = cluster;
        this.bucket = bucket;
        this.prefix = prefix;
    }

    @Override
    public boolean hasNext() {
        while (page.isEmpty() && !ended) {
            fetch();
        }
        return !page.isEmpty();
    }

    @Override
    public ObjectStat next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return page.remove();
    }

    private void fetch() {
        String path = "/api/v1/objects/" + bucket + "?prefix=" + Urls.encode(prefix) + "&after=" + Urls.encode(after)
                + "&limit=" + PAGE;
        JsonNode json = cluster.json(null, "list " + bucket, "GET", path, null);
        for (JsonNode object : json.path("objects")) {
            page.add(new ObjectStat(
                    new ObjectKey(bucket, object.path("name").asText()),
                    object.path("size").asLong(),
                    object.path("etag").asText(),
                    object.hasNonNull("generation")
                            ? Generation.parse(object.path("generation").asText())
                            : null,
                    object.path("state").asText(),
                    object.hasNonNull("parked") ? object.path("parked").asText() : null));
        }
        after = json.path("next").asText("");
        ended = after.isEmpty() || json.path("next").isNull();
    }
}
