package dev.landfall.node.cli;

import dev.landfall.model.BucketName;
import dev.landfall.model.ObjectKey;

/** {@code bucket} or {@code bucket/prefix}, and {@code bucket/name}, as the commands take them. */
record Names(BucketName bucket, String prefix) {
    /** @throws WrongArgument when it is neither */
    static Names parse(String text) {
        return WrongArgument.unless(() -> split(text));
    }

    /** @throws WrongArgument when the text is not {@code bucket/name} */
    static ObjectKey key(String text) {
        return WrongArgument.unless(() -> ObjectKey.parse(text));
    }

    /** @throws WrongArgument when it is none */
    static BucketName bucket(String text) {
        return WrongArgument.unless(() -> new BucketName(text));
    }

    private static Names split(String text) {
        int slash = text.indexOf('/');
        return slash < 0
                ? new Names(new BucketName(text), "")
                : new Names(new BucketName(text.substring(0, slash)), text.substring(slash + 1));
    }
}
