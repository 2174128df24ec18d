package dev.landfall.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A node as the cluster knows it.
 *
 * @param http base URL of its front door, for clients
 * @param peer base URL of its node-to-node listener
 * @param storeId the identity of its store; another one means that its index is new, and its partitions enter a new epoch
 * @param formerStores the identities that it had before, oldest first; a node with one of them would serve what is outdated
 */
public record NodeInfo(
        String id,
        String http,
        String peer,
        String storeId,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> formerStores) {
    public NodeInfo {
        formerStores = List.copyOf(formerStores);
    }

    /** With the first store that it has. */
    public NodeInfo(String id, String http, String peer, String storeId) {
        this(id, http, peer, storeId, List.of());
    }

    @JsonCreator
    static NodeInfo read(
            @JsonProperty("id") String id,
            @JsonProperty("http") String http,
            @JsonProperty("peer") String peer,
            @JsonProperty("storeId") String storeId,
            @JsonProperty("formerStores") @Nullable List<String> formerStores) {
        return new NodeInfo(id, http, peer, storeId, formerStores == null ? List.of() : formerStores);
    }

    public NodeInfo withFormerStores(List<String> stores) {
        return new NodeInfo(id, http, peer, storeId, stores);
    }

    /** Whether this node once had the store and has a newer one now. */
    public boolean hasDisplaced(String store) {
        return formerStores.contains(store);
    }
}
