package dev.landfall.ingest.s3;

import dev.landfall.ingest.objects.GetObject;
import dev.landfall.ingest.objects.ObjectHeaders;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.targets.Uploads;
import java.io.IOException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** GetObject and HeadObject: ranges, parts, conditions, the CRC32C where it is asked for, and the {@code response-*} parameters that put a header of the reply in place of its own. */
record GetKey(GetObject get) implements Operation {
    static final String META = "x-amz-meta-";
    private static final String OURS = "landfall-";
    private static final Pattern PRINTABLE = Pattern.compile("[\\x20-\\x7e]{0,1024}");
    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,4}");
    private static final HexFormat HEX = HexFormat.of();
    private static final Map<String, String> OVERRIDES = Map.of(
            "response-content-type", "Content-Type",
            "response-content-language", "Content-Language",
            "response-expires", "Expires",
            "response-cache-control", "Cache-Control",
            "response-content-disposition", "Content-Disposition",
            "response-content-encoding", "Content-Encoding");

    @Override
    public void run(S3Call call) throws IOException {
        get.get(call.http(), call.key(), part(call), shape(call));
    }

    @Override
    public boolean quick(S3Call call) throws IOException {
        return get.quick(call.http(), call.key(), part(call), shape(call));
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
        Integer part = part(call);
        boolean checksum = "enabled".equalsIgnoreCase(call.header("x-amz-checksum-mode"))
                && part == null
                && call.header("Range") == null;
        return headers -> {
            Map<String, String> shaped = shape(headers);
            String parts = headers.get(ObjectHeaders.PARTS);
            String crc32c = headers.get(ObjectHeaders.CRC32C);
            if (part != null && parts != null) {
                shaped.put("x-amz-mp-parts-count", parts);
            }
            if (checksum && crc32c != null) {
                shaped.put("x-amz-checksum-crc32c", Base64.getEncoder().encodeToString(HEX.parseHex(crc32c)));
                shaped.put("x-amz-checksum-type", "FULL_OBJECT");
            }
            shaped.putAll(overrides);
            return shaped;
        };
    }

    private static @Nullable Integer part(S3Call call) {
        String text = call.query("partNumber");
        if (text == null) {
            return null;
        }
        if (call.header("Range") != null) {
            throw new LandfallException(ErrorCode.INVALID_REQUEST, "Ask for a Range or for a partNumber, not for both");
        }
        if (!NUMBER.matcher(text).matches() || Integer.parseInt(text) > Uploads.MOST_PARTS) {
            throw new LandfallException(
                    ErrorCode.INVALID_ARGUMENT, "partNumber is a number from 1 to " + Uploads.MOST_PARTS);
        }
        return Integer.valueOf(text);
    }

    private static Map<String, String> shape(Map<String, String> headers) {
        Map<String, String> shaped = new LinkedHashMap<>();
        headers.forEach((name, value) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (lower.startsWith(ObjectHeaders.META)) {
                shaped.put(META + lower.substring(ObjectHeaders.META.length()), value);
            } else if (!lower.startsWith(OURS)) {
                shaped.put(name, value);
            }
        });
        return shaped;
    }
}
