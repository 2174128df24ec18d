package dev.landfall.it;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** What a program that speaks S3 can be asked to do. An operation that the program does not have is answered with nothing. */
interface S3Tool extends AutoCloseable {
    String name();

    void makeBucket(String bucket) throws Exception;

    void put(Path file, String bucket, String key) throws Exception;

    void get(String bucket, String key, Path file) throws Exception;

    /** The whole keys below the prefix. */
    Set<String> list(String bucket, String prefix) throws Exception;

    /** Bytes from {@code first} to {@code last}. */
    Optional<byte[]> range(String bucket, String key, int first, int last) throws Exception;

    void copy(String bucket, String from, String to) throws Exception;

    Optional<URI> presignedGet(String bucket, String key) throws Exception;

    Optional<URI> presignedPut(String bucket, String key) throws Exception;

    /** @return whether it can */
    boolean syncUp(Path directory, String bucket, String prefix) throws Exception;

    /** @return whether it can */
    boolean syncDown(String bucket, String prefix, Path directory) throws Exception;

    void removeAll(String bucket) throws Exception;

    void removeBucket(String bucket) throws Exception;

    @Override
    default void close() {}
}
