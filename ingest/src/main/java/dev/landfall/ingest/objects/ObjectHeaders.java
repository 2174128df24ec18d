package dev.landfall.ingest.objects;

import dev.landfall.ingest.http.HttpCall;
import dev.landfall.model.ChangeCause;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.Generation;
import dev.landfall.model.Json;
import dev.landfall.model.KeptHeaders;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.Origin;
import dev.landfall.model.WritebackMode;
import dev.landfall.targets.Condition;
import dev.landfall.writeback.DeleteRequest;
import dev.landfall.writeback.ObjectInfo;
import dev.landfall.writeback.PutRequest;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The headers of object requests and replies, both ways. What only nodes may say is read on the peer door alone. */
public final class ObjectHeaders {
    public static final String META = "x-landfall-meta-";
    /** Why S3 refused the object for good. */
    static final String PARKED = "Landfall-Parked";

    /** Of the whole object, eight hexadecimal digits. */
    public static final String CRC32C = "Landfall-Crc32c";
    /** How many parts it is kept in, if it is more than one. */
    public static final String PARTS = "Landfall-Parts";

    static final String WRITEBACK = "Landfall-Writeback";
    static final String CAUSE = "Landfall-Cause";
    static final String ORIGIN = "Landfall-Origin";
    static final String OVERWRITE = "Landfall-Overwrite";
    static final String IF_GENERATION = "Landfall-If-Generation";
    static final String ETAG = "Landfall-Etag";
    static final String UNMODIFIED_SINCE = "If-Unmodified-Since";
    private static final int MOST_REASON = 300;
    private static final String AWS_CHUNKED = "aws-chunked";

    private static final Pattern META_NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,127}");
    private static final Pattern PRINTABLE = Pattern.compile("[\\x20-\\x7e]*");
    private static final Pattern TRACEPARENT =
            Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(?:-.{0,64})?");

    private ObjectHeaders() {}

    /**
     * @param trusted whether the caller is a node
     * @param meta what the names of metadata begin with
     */
    public static PutRequest put(HttpCall call, boolean trusted, String meta) {
        String origin = trusted ? call.header(ORIGIN) : null;
        String contentType = call.header("Content-Type");
        if (contentType != null
                && (contentType.length() > 256
                        || !PRINTABLE.matcher(contentType).matches())) {
            throw invalid("Content-Type must be at most 256 printable ASCII characters");
        }
        return new PutRequest(
                call.body().length(),
                contentType,
                metadata(call, meta),
                kept(call),
                trusted ? call.header(ETAG) : null,
                mode(call, trusted),
                trusted ? cause(call) : ChangeCause.CLIENT,
                condition(call, trusted),
                origin == null ? null : origin(origin),
                traceparent(call));
    }

    public static DeleteRequest delete(HttpCall call, boolean trusted) {
        return new DeleteRequest(
                mode(call, trusted),
                trusted ? cause(call) : ChangeCause.CLIENT,
                condition(call, trusted),
                traceparent(call));
    }

    private static Map<String, String> metadata(HttpCall call, String prefix) {
        Map<String, String> metadata = call.headersWith(prefix);
        for (var entry : metadata.entrySet()) {
            if (!META_NAME.matcher(entry.getKey()).matches() || entry.getKey().startsWith("landfall-")) {
                throw invalid("The metadata name \"" + prefix + entry.getKey()
                        + "\" must be letters, digits, dots, dashes and underscores, and not begin with landfall-");
            }
            if (!PRINTABLE.matcher(entry.getValue()).matches()) {
                throw invalid(
                        "The value of " + prefix + entry.getKey() + " must be printable ASCII; encode anything else");
            }
        }
        KeptHeaders.checkMetadata(metadata);
        return metadata;
    }

    private static Map<String, String> kept(HttpCall call) {
        Map<String, String> kept = new LinkedHashMap<>();
        for (String name : KeptHeaders.NAMES) {
            String value = call.header(KeptHeaders.wire(name));
            put(kept, name, name.equals("content-encoding") ? ofTheObject(value) : value);
        }
        KeptHeaders.check(kept);
        return kept;
    }

    /** Without the encoding of the body on its way: that is not the object's. */
    private static @Nullable String ofTheObject(@Nullable String encodings) {
        if (encodings == null || !encodings.contains(AWS_CHUNKED)) {
            return encodings;
        }
        String left = Arrays.stream(encodings.split(","))
                .map(String::strip)
                .filter(encoding -> !encoding.equals(AWS_CHUNKED) && !encoding.isEmpty())
                .collect(Collectors.joining(","));
        return left.isEmpty() ? null : left;
    }

    private static @Nullable WritebackMode mode(HttpCall call, boolean trusted) {
        String mode = call.header(WRITEBACK);
        if (mode == null) {
            return null;
        }
        if (!trusted && !mode.equals("sync") && !mode.equals("async")) {
            throw invalid(WRITEBACK + " is sync or async");
        }
        return WritebackMode.parse(mode);
    }

    private static Condition condition(HttpCall call, boolean trusted) {
        String match = call.header("If-Match");
        String noneMatch = call.header("If-None-Match");
        String generation = trusted ? call.header(IF_GENERATION) : null;
        String origin = trusted ? call.header(ORIGIN) : null;
        if (origin != null) {
            return new Condition.IfOutput(origin(origin), "true".equals(call.header(OVERWRITE)));
        }
        if (generation != null) {
            return new Condition.IfGeneration(Generation.parse(generation));
        }
        if (match != null && noneMatch != null) {
            throw invalid("Send If-Match or If-None-Match, not both");
        }
        if (noneMatch != null && !noneMatch.strip().equals("*")) {
            throw invalid("If-None-Match of a change is always *: there must be no object");
        }
        if (match != null && (match.indexOf(',') >= 0 || match.strip().isEmpty())) {
            throw invalid("If-Match of a change names one ETag, or is *");
        }
        if (match != null) {
            return new Condition.IfEtag(unquote(match));
        }
        return noneMatch != null ? Condition.ABSENT : unmodifiedSince(call.header(UNMODIFIED_SINCE));
    }

    /** A date that cannot be read is passed over, as RFC 9110 (13.1.4) asks. */
    private static Condition unmodifiedSince(@Nullable String date) {
        Instant since = HttpDates.read(date);
        return since == null ? Condition.ALWAYS : new Condition.IfUnmodifiedSince(since);
    }

    private static ChangeCause cause(HttpCall call) {
        String cause = call.header(CAUSE);
        return cause == null ? ChangeCause.CLIENT : ChangeCause.valueOf(cause.toUpperCase(Locale.ROOT));
    }

    private static Origin origin(String header) {
        return Json.read(Base64.getDecoder().decode(header), Origin.class);
    }

    private static @Nullable String traceparent(HttpCall call) {
        String given = call.header("traceparent");
        return given != null && TRACEPARENT.matcher(given).matches() ? given : null;
    }

    static String unquote(String etag) {
        String text = etag.strip();
        return text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"")
                ? text.substring(1, text.length() - 1)
                : text;
    }

    // what a node says to another one

    /** The headers that make the owner read the same request. */
    public static Map<String, String> toPeer(PutRequest request) {
        Map<String, String> headers = new LinkedHashMap<>();
        put(headers, "Content-Type", request.contentType());
        request.metadata().forEach((name, value) -> headers.put(META + name, value));
        request.headers().forEach((name, value) -> headers.put(KeptHeaders.wire(name), value));
        put(headers, ETAG, request.etag());
        put(headers, WRITEBACK, request.mode() == null ? null : request.mode().wire());
        headers.put(CAUSE, request.cause().wire());
        put(headers, "traceparent", request.traceparent());
        condition(headers, request.condition());
        if (request.origin() != null && !(request.condition() instanceof Condition.IfOutput)) {
            throw new IllegalArgumentException("An output's condition is IfOutput");
        }
        return headers;
    }

    static Map<String, String> toPeer(DeleteRequest request) {
        Map<String, String> headers = new LinkedHashMap<>();
        put(headers, WRITEBACK, request.mode() == null ? null : request.mode().wire());
        headers.put(CAUSE, request.cause().wire());
        put(headers, "traceparent", request.traceparent());
        condition(headers, request.condition());
        return headers;
    }

    private static void condition(Map<String, String> headers, Condition condition) {
        switch (condition) {
            case Condition.Always always -> {}
            case Condition.IfAbsent absent -> headers.put("If-None-Match", "*");
            case Condition.IfEtag etag -> headers.put("If-Match", etag.etag());
            case Condition.IfUnmodifiedSince(Instant since) -> headers.put(UNMODIFIED_SINCE, HttpDates.write(since));
            case Condition.IfGeneration generation ->
                headers.put(IF_GENERATION, generation.generation().toString());
            case Condition.IfOutput output -> {
                headers.put(ORIGIN, Base64.getEncoder().encodeToString(Json.write(output.origin())));
                headers.put(OVERWRITE, Boolean.toString(output.overwrite()));
            }
        }
    }

    private static void put(Map<String, String> headers, String name, @Nullable String value) {
        if (value != null) {
            headers.put(name, value);
        }
    }

    // replies

    static Map<String, String> of(ObjectInfo info) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("ETag", quote(info.etag()));
        Generation generation = info.generation();
        if (generation != null) {
            headers.put("Landfall-Generation", generation.toString());
        }
        headers.put("Landfall-State", info.state().wire());
        put(headers, PARKED, headerText(info.parked()));
        String contentType = info.contentType();
        headers.put("Content-Type", contentType == null ? "application/octet-stream" : contentType);
        headers.put("Last-Modified", HttpDates.write(info.modified()));
        headers.put("Accept-Ranges", "bytes");
        Integer crc32c = info.crc32c();
        put(headers, CRC32C, crc32c == null ? null : HexFormat.of().toHexDigits(crc32c));
        put(
                headers,
                PARTS,
                info.parts().size() > 1 ? Integer.toString(info.parts().size()) : null);
        info.headers().forEach((name, value) -> headers.put(KeptHeaders.wire(name), value));
        info.metadata().forEach((name, value) -> headers.put(META + name, value));
        return headers;
    }

    /** After a change. */
    static Map<String, String> ofChange(ObjectRecord record) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("ETag", quote(record.etag()));
        headers.put("Landfall-Generation", record.generation().toString());
        headers.put("Landfall-State", record.state().wire());
        return headers;
    }

    /** What S3 said may hold anything: printable ASCII of it, and not too much. */
    static @Nullable String headerText(@Nullable String text) {
        return text == null
                ? null
                : text.substring(0, Math.min(text.length(), MOST_REASON)).replaceAll("[^\\x20-\\x7e]", "?");
    }

    static String quote(String etag) {
        return '"' + etag + '"';
    }

    private static LandfallException invalid(String why) {
        return new LandfallException(ErrorCode.INVALID_ARGUMENT, why);
    }
}
