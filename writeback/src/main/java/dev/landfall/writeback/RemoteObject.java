package dev.landfall.writeback;

import dev.landfall.model.Generation;
import dev.landfall.model.KeptHeaders;
import dev.landfall.model.ObjectRecord;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What S3 says of an object.
 *
 * @param etag without quotes
 * @param metadata the user's, without Landfall's own
 * @param headers the {@link KeptHeaders}
 * @param generation null when Landfall did not write it
 * @param crc32c of the whole object; null when Landfall did not write it
 * @param chosenEtag the ETag it has here, when its PUT chose one
 */
record RemoteObject(
        long size,
        String etag,
        @Nullable String contentType,
        Map<String, String> metadata,
        Map<String, String> headers,
        Instant modified,
        @Nullable Generation generation,
        @Nullable Integer crc32c,
        @Nullable String chosenEtag) {
    private static final String OWN = "landfall-";
    static final String GENERATION = "landfall-generation";
    static final String CRC32C = "landfall-crc32c";
    static final String ETAG = "landfall-etag";

    /** The most bytes that Landfall's own entries take: generation, checksum, and an ETag of up to 48 characters. */
    static final int OWN_BYTES = 128;

    /** Takes Landfall's own entries out of the metadata. */
    static RemoteObject of(
            long size,
            String etag,
            @Nullable String contentType,
            Map<String, String> all,
            Map<String, String> headers,
            Instant modified) {
        var user = new HashMap<String, String>();
        all.forEach((name, value) -> user.put(name.toLowerCase(java.util.Locale.ROOT), HeaderText.decode(value)));
        String generation = user.get(GENERATION);
        String crc = user.get(CRC32C);
        return new RemoteObject(
                size,
                unquoted(etag),
                contentType,
                withoutOwn(user),
                headers,
                modified,
                generation != null && isHex(generation, 16) ? Generation.parse(generation) : null,
                crc != null && isHex(crc, 8) ? Integer.valueOf(HexFormat.fromHexDigits(crc)) : null,
                user.get(ETAG));
    }

    /**
     * Whether it is this very generation, by its content too: another cluster that wrote to the same bucket has counted with the same
     * numbers.
     */
    boolean is(Generation wanted, long length, int crc) {
        return wanted.equals(generation) && size == length && crc32c != null && crc32c == crc;
    }

    /** The metadata without the names that Landfall keeps for itself. */
    static Map<String, String> withoutOwn(Map<String, String> metadata) {
        var user = new HashMap<>(metadata);
        user.keySet().removeIf(name -> name.startsWith(OWN));
        return Map.copyOf(user);
    }

    /**
     * The user's metadata with Landfall's own.
     *
     * @param etag that the object has here; null for the store's own
     */
    static Map<String, String> metadata(
            Map<String, String> user, Generation generation, int crc32c, @Nullable String etag) {
        var all = encoded(user);
        if (etag != null && !etag.equals(ObjectRecord.etagOf(generation, crc32c))) {
            all.put(ETAG, etag);
        }
        all.put(GENERATION, generation.toString());
        all.put(CRC32C, HexFormat.of().toHexDigits(crc32c));
        return Map.copyOf(all);
    }

    /** The user's metadata as S3 takes it. */
    static Map<String, String> encoded(Map<String, String> user) {
        var all = new HashMap<String, String>();
        user.forEach((name, value) -> all.put(name, HeaderText.encode(value)));
        return all;
    }

    static String unquoted(String etag) {
        return etag.length() >= 2 && etag.startsWith("\"") && etag.endsWith("\"")
                ? etag.substring(1, etag.length() - 1)
                : etag;
    }

    private static boolean isHex(String text, int digits) {
        return text.length() == digits && text.chars().allMatch(HexFormat::isHexDigit);
    }
}
