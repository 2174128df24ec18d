package dev.landfall.writeback;

import dev.landfall.targets.BodyReader;
import java.io.IOException;
import java.io.InputStream;

/** An object opened for reading; close it. */
public sealed interface ObjectData extends AutoCloseable {
    ObjectInfo info();

    @Override
    void close();

    /** On the local disk: send it from {@link BodyReader#channel()}. */
    record Local(ObjectInfo info, BodyReader reader) implements ObjectData {
        @Override
        public void close() {
            reader.close();
        }
    }

    /** Arrives from S3 while it is read, and is kept locally when it is whole. */
    record Cold(ObjectInfo info, InputStream body) implements ObjectData {
        @Override
        public void close() {
            try {
                body.close();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }
}
