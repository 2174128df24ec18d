package dev.landfall.writeback;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * The ETag of an object that was uploaded in parts, as S3 makes it: the MD5 of the parts' MD5s, a dash, the number of parts. The S3 API does not
 * promise this, but clients check it. A part's ETag that is no MD5 goes in as text.
 */
final class MultipartEtag {
    private MultipartEtag() {}

    static String of(List<CompletedPart> parts) {
        MessageDigest md5 = md5();
        for (CompletedPart part : parts) {
            String etag = RemoteObject.unquoted(part.etag().strip());
            md5.update(isMd5(etag) ? HexFormat.of().parseHex(etag) : etag.getBytes(StandardCharsets.UTF_8));
        }
        return HexFormat.of().formatHex(md5.digest()) + "-" + parts.size();
    }

    /** Whether an ETag is the MD5 of the content. */
    static boolean isMd5(String etag) {
        return etag.length() == 32 && etag.chars().allMatch(HexFormat::isHexDigit);
    }

    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
