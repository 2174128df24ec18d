package dev.landfall.ingest.s3;

import dev.landfall.ingest.objects.GetObject;
import dev.landfall.ingest.objects.ObjectHeaders;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** GetObject and HeadObject: ranges, conditions, and the {@code response-*} parameters that put a header of the reply in place of its own. */
record GetKey(GetObject get) implements Operation {
    static final String META = "x-amz-meta-";
    private static final String OURS = "landfall-";
    private static final Pattern PRINTABLE = Pattern.compile("[\\x20-\\x7e]{0,1024}");
    private static final Map<String, String> OVERRIDES = Map.of(
            "response-content-type", "Content-Type",
            "response-content-language", "Content-Language",
            "response-expires", "Expires",
            "response-cache-control", "Cache-Control",
            "response-content-disposition", "Content-Disposition",
            "response-content-encoding", "Content-Encoding");

    @Override
    public void run(S3Call call) throws IOException {
        get.get(call.http(), call.key(), shape(call));
    }

    @Override
    public boolean quick(S3Call call) throws IOException {
        return get.quick(call.http(), call.key(), shape(call));
    }

    private static GetObject.Headers shape(S3Call call) {
        call.http().caller().requireRead(call.bucketName().value());
        Map<String, String> overrides = new LinkedHashMap<>();
        OVERRIDES.forEach((parameter, header) -> {
            String value = call.query(parameter);
            if (value != null) {
                if (!PRINTABLE.matcher(value).matches()) {
                    throw new LandfallException(
                            ErrorCode.INVALID_ARGUMENT,
                            parameter + " must be at most 1,024 printable ASCII characters");
                }
                overrides.put(header, value);
            }
        });
        return headers -> shape(headers, overrides);
    }

    private static Map<String, String> shape(Map<String, String> headers, Map<String, String> overrides) {
        Map<String, String> shaped = new LinkedHashMap<>();
        headers.forEach((name, value) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (lower.startsWith(ObjectHeaders.META)) {
                shaped.put(META + lower.substring(ObjectHeaders.META.length()), value);
            } else if (!lower.startsWith(OURS)) {
                shaped.put(name, value);
            }
        });
        shaped.putAll(overrides);
        return shaped;
    }
}
