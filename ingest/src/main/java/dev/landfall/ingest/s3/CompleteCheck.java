package dev.landfall.ingest.s3;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landfall.ingest.objects.Digests;
import dev.landfall.ingest.objects.PartsDigest;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a CompleteMultipartUpload says of the object besides its parts: their checksums, the object's checksum and its size. */
final class CompleteCheck {
    private static final String ELEMENT = "Checksum";
    private static final String SIZE = "x-amz-mp-object-size";
    private static final List<String> NO_VALUES = List.of("type", "algorithm", "mode");

    private CompleteCheck() {}

    /** Whether there is something to check. */
    static boolean isNeeded(Map<String, String> headers, List<XmlTree> parts) {
        return headers.containsKey(SIZE)
                || !checksums(headers).isEmpty()
                || parts.stream().flatMap(part -> part.children().stream()).anyMatch(CompleteCheck::isChecksum);
    }

    /**
     * @param headers of the request, by their names in lower case
     * @param asked the {@code Part}s of the request
     * @param stored the parts of the upload
     * @throws LandfallException {@code INVALID_PART} when a part has another checksum, {@code BAD_DIGEST} when the object would have
     *     another one, {@code INVALID_REQUEST} for another size and for a checksum that the parts were uploaded without
     */
    static void check(Map<String, String> headers, List<XmlTree> asked, List<JsonNode> stored) {
        Map<String, JsonNode> byNumber = new HashMap<>();
        stored.forEach(part -> byNumber.put(part.path("number").asText(), part));
        List<JsonNode> chosen = new ArrayList<>();
        for (XmlTree part : asked) {
            JsonNode there = byNumber.get(part.require("PartNumber").strip());
            if (there == null) {
                throw new LandfallException(
                        ErrorCode.INVALID_PART, "Part " + part.require("PartNumber") + " was not uploaded");
            }
            part.children().stream().filter(CompleteCheck::isChecksum).forEach(checksum -> checkPart(there, checksum));
            chosen.add(there);
        }
        String size = headers.get(SIZE);
        long sum = chosen.stream().mapToLong(part -> part.path("size").asLong()).sum();
        if (size != null && !size.strip().equals(Long.toString(sum))) {
            throw new LandfallException(
                    ErrorCode.INVALID_REQUEST,
                    "The parts have " + sum + " bytes together, and " + SIZE + " is " + size);
        }
        checksums(headers).forEach((algorithm, value) -> {
            String type = headers.get(Digests.CHECKSUM + "type");
            if (!value.equals(expected(algorithm, type, value, chosen))) {
                throw new LandfallException(
                        ErrorCode.BAD_DIGEST,
                        "The parts make an object with another " + Digests.CHECKSUM + algorithm
                                + " than the request says");
            }
        });
    }

    private static String expected(String algorithm, @Nullable String type, String value, List<JsonNode> chosen) {
        List<PartsDigest.Part> parts = chosen.stream()
                .map(part -> new PartsDigest.Part(
                        kept(part, algorithm), part.path("size").asLong()))
                .toList();
        String said = type != null ? type : value.indexOf('-') < 0 ? "FULL_OBJECT" : "COMPOSITE";
        return switch (said) {
            case "FULL_OBJECT" -> PartsDigest.full(algorithm, parts);
            case "COMPOSITE" -> {
                String all = PartsDigest.composite(algorithm, parts);
                yield value.indexOf('-') < 0 ? all.substring(0, all.indexOf('-')) : all;
            }
            default ->
                throw new LandfallException(
                        ErrorCode.INVALID_ARGUMENT, Digests.CHECKSUM + "type is FULL_OBJECT or COMPOSITE");
        };
    }

    private static void checkPart(JsonNode part, XmlTree checksum) {
        String algorithm = checksum.name().substring(ELEMENT.length()).toLowerCase(Locale.ROOT);
        if (!kept(part, algorithm).equals(checksum.text().strip())) {
            throw new LandfallException(
                    ErrorCode.INVALID_PART, "Part " + part.path("number").asText() + " has another " + checksum.name());
        }
    }

    private static String kept(JsonNode part, String algorithm) {
        String value = part.path("checksums").path(algorithm).asText();
        if (value.isEmpty()) {
            throw new LandfallException(
                    ErrorCode.INVALID_REQUEST,
                    "Part " + part.path("number").asText() + " was uploaded without " + Digests.CHECKSUM + algorithm
                            + ", so it cannot be checked; send it with every part");
        }
        return value;
    }

    private static Map<String, String> checksums(Map<String, String> headers) {
        Map<String, String> found = new HashMap<>();
        headers.forEach((name, value) -> {
            String rest = name.startsWith(Digests.CHECKSUM) ? name.substring(Digests.CHECKSUM.length()) : "";
            if (!rest.isEmpty() && !NO_VALUES.contains(rest)) {
                found.put(rest, value.strip());
            }
        });
        return found;
    }

    private static boolean isChecksum(XmlTree element) {
        return element.name().startsWith(ELEMENT) && element.name().length() > ELEMENT.length();
    }
}
