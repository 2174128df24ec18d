package dev.landfall.model;

import java.util.Set;

/**
 * What a key allows. Who may write a bucket may also read, create and delete it.
 *
 * @param admin everything: keys, buckets with a remote, topologies, jobs
 * @param read buckets by name; {@code *} is all of them
 * @param write likewise
 */
public record AccessPolicy(boolean admin, Set<String> read, Set<String> write) {
    public static final String ALL = "*";
    public static final AccessPolicy ADMIN = new AccessPolicy(true, Set.of(), Set.of());

    /** @throws LandfallException {@link ErrorCode#INVALID_BUCKET_NAME} */
    public AccessPolicy {
        read = check(read);
        write = check(write);
    }

    private static Set<String> check(Set<String> buckets) {
        buckets.stream().filter(name -> !name.equals(ALL)).forEach(BucketName::new);
        return Set.copyOf(buckets);
    }

    public boolean mayRead(String bucket) {
        return mayWrite(bucket) || read.contains(ALL) || read.contains(bucket);
    }

    public boolean mayWrite(String bucket) {
        return admin || write.contains(ALL) || write.contains(bucket);
    }
}
