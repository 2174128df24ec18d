package dev.landfall.node.cli;

import dev.landfall.model.BucketName;

/** {@code bucket} or {@code bucket/prefix}, as the commands take it. */
record Names(BucketName bucket, String prefix) {
    static Names parse(String text) {
        int slash = text.indexOf('/');
        return slash < 0
                ? new Names(new BucketName(text), "")
                : new Names(new BucketName(text.substring(0, slash)), text.substring(slash + 1));
    }
}
