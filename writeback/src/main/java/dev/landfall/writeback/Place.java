package dev.landfall.writeback;

import dev.landfall.model.ObjectKey;
import dev.landfall.model.RemoteLocation;

/** Where a key is on S3. */
record Place(Remote remote, RemoteLocation location, String key) {
    static Place of(Remote remote, RemoteLocation location, ObjectKey key) {
        return new Place(remote, location, location.remoteKey(key.name()));
    }

    String bucket() {
        return location.bucket();
    }

    /** The key of another object under the same prefix. */
    String besides(String name) {
        return location.remoteKey(name);
    }

    RemoteStore store() {
        return remote.store();
    }
}
