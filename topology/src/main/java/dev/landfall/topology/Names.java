package dev.landfall.topology;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.util.Set;
import java.util.regex.Pattern;

/** Names of topologies, transforms and pipelines. */
final class Names {
    private static final Pattern VALID = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

    /** They would collide with the cluster's own topics and groups. */
    private static final Set<String> RESERVED =
            Set.of("jobs", "cluster", "objects", "results", "work", "dead", "coordinator");

    private Names() {}

    static boolean isValid(String name) {
        return VALID.matcher(name).matches();
    }

    /** @throws LandfallException {@link ErrorCode#INVALID_ARGUMENT} */
    static String checkTopology(String name) {
        if (!isValid(name) || RESERVED.contains(name)) {
            throw new LandfallException(
                    ErrorCode.INVALID_ARGUMENT,
                    "\"" + name
                            + "\" cannot name a topology: use 1 to 63 lower-case letters, digits and dashes, and none of "
                            + String.join(", ", RESERVED.stream().sorted().toList()));
        }
        return name;
    }
}
