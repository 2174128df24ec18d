package dev.landfall.client;

import dev.landfall.model.WritebackMode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a PUT may say besides its body.
 *
 * @param contentMd5 base64, checked by the server before it stores anything
 * @param writeback overrides the bucket's mode for this change
 * @param ifMatch only over the generation with this ETag
 * @param ifAbsent only where there is no object
 */
public record PutOptions(
        @Nullable String contentMd5,
        @Nullable WritebackMode writeback,
        @Nullable String ifMatch,
        boolean ifAbsent) {
    public static final PutOptions NONE = new PutOptions(null, null, null, false);

    public PutOptions withContentMd5(String base64) {
        return new PutOptions(base64, writeback, ifMatch, ifAbsent);
    }

    public PutOptions withWriteback(WritebackMode mode) {
        return new PutOptions(contentMd5, mode, ifMatch, ifAbsent);
    }

    Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        if (contentMd5 != null) {
            headers.put("Content-MD5", contentMd5);
        }
        if (writeback != null) {
            headers.put("Landfall-Writeback", writeback.wire());
        }
        if (ifMatch != null) {
            headers.put("If-Match", "\"" + ifMatch + "\"");
        }
        if (ifAbsent) {
            headers.put("If-None-Match", "*");
        }
        return headers;
    }
}
