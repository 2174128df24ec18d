package dev.landfall.ingest.http;

import dev.landfall.model.AccessPolicy;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.util.Set;

/**
 * Who makes a call.
 *
 * @param name its access key, or what it is called in messages
 * @param known false for one who sent no credentials where they are wanted
 */
public record Caller(String name, AccessPolicy policy, boolean known) {
    /** Of a door that asks for no credentials. */
    public static final Caller ANYBODY = new Caller("anybody", AccessPolicy.ADMIN, true);

    /** Without credentials, at a door that wants them. */
    public static Caller anonymous(Set<String> readable) {
        return new Caller("a caller without credentials", new AccessPolicy(false, readable, Set.of()), false);
    }

    /** @throws LandfallException {@code ACCESS_DENIED} */
    public void requireRead(String bucket) {
        if (!policy.mayRead(bucket)) {
            throw denied("read the bucket " + bucket);
        }
    }

    /** @throws LandfallException {@code ACCESS_DENIED} */
    public void requireWrite(String bucket) {
        if (!policy.mayWrite(bucket)) {
            throw denied("change the bucket " + bucket);
        }
    }

    /** @throws LandfallException {@code ACCESS_DENIED} */
    public void requireAdmin() {
        if (!policy.admin()) {
            throw denied("administer the cluster");
        }
    }

    private LandfallException denied(String what) {
        return new LandfallException(ErrorCode.ACCESS_DENIED, "The policy of " + name + " does not allow to " + what);
    }
}
