package dev.landfall.ingest.auth;

import dev.landfall.ingest.http.Caller;
import dev.landfall.ingest.http.Percent;

/** What a policy must allow for a call of the native API. What is not named here is for administrators. */
final class NativePolicy {
    private static final String OBJECTS = "/api/v1/objects/";
    private static final String BUCKETS = "/api/v1/buckets/";

    private NativePolicy() {}

    /** @param path as sent */
    static void check(Caller caller, String method, String path) {
        boolean read = method.equals("GET") || method.equals("HEAD");
        if (path.startsWith(OBJECTS)) {
            String bucket = bucket(path, OBJECTS);
            if (read) {
                caller.requireRead(bucket);
            } else {
                caller.requireWrite(bucket);
            }
        } else if (path.startsWith(BUCKETS) && read) {
            caller.requireRead(bucket(path, BUCKETS));
        } else if (path.startsWith(BUCKETS) && path.endsWith("/flush")) {
            caller.requireWrite(bucket(path, BUCKETS));
        } else if (!read || !(path.equals("/api/v1/cluster") || path.equals("/metrics"))) {
            caller.requireAdmin();
        }
    }

    private static String bucket(String path, String before) {
        int slash = path.indexOf('/', before.length());
        return Percent.decode(path.substring(before.length(), slash < 0 ? path.length() : slash));
    }
}
