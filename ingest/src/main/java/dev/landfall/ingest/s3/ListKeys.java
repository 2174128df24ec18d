package dev.landfall.ingest.s3;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landfall.ingest.http.Percent;
import dev.landfall.ingest.objects.ListObjects;
import dev.landfall.ingest.objects.Page;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.placement.Cluster;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** ListObjects and ListObjectsV2. */
record ListKeys(Cluster cluster, ListObjects list, boolean second) implements Operation {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    /** Of continuation tokens; the rest is the name to go on behind. */
    private static final String TOKEN = "1:";

    static String time(Instant instant) {
        return TIME.format(instant);
    }

    @Override
    public void run(S3Call call) {
        call.http().caller().requireRead(call.bucketName().value());
        cluster.view().bucket(call.bucketName());
        int max = number(call.query("max-keys"), ListObjects.MAX_PAGE);
        String encoding = call.query("encoding-type");
        if (encoding != null && !encoding.equals("url")) {
            throw invalid("encoding-type is url");
        }
        UnaryOperator<String> encode =
                encoding == null ? text -> text : text -> Percent.encode(text).replace("%2F", "/");
        String prefix = call.queryOr("prefix", "");
        String delimiter = call.queryOr("delimiter", "");
        String after = second ? call.queryOr("start-after", "") : call.queryOr("marker", "");
        String token = second ? call.query("continuation-token") : null;
        var query =
                new Page.Query(call.bucketName(), prefix, delimiter, token == null ? after : decode(token), max + 1);
        List<Page.Entry> found = max == 0 ? List.of() : list.page(call.http(), query, max + 1);
        boolean more = found.size() > max;
        List<Page.Entry> shown = found.subList(0, Math.min(max, found.size()));
        String last = more ? shown.getLast().name() : null;

        Xml xml = Xml.document("ListBucketResult", Xml.S3)
                .text("Name", call.bucket())
                .text("Prefix", encode.apply(prefix))
                .text("MaxKeys", Integer.toString(max))
                .text("IsTruncated", Boolean.toString(more));
        if (!delimiter.isEmpty()) {
            xml.text("Delimiter", encode.apply(delimiter));
        }
        xml.text("EncodingType", encoding);
        if (second) {
            xml.text("KeyCount", Integer.toString(shown.size()));
            xml.text("StartAfter", after.isEmpty() ? null : encode.apply(after));
            xml.text("ContinuationToken", token);
            xml.text("NextContinuationToken", last == null ? null : encode(last));
        } else {
            xml.text("Marker", encode.apply(after));
            xml.text("NextMarker", last == null ? null : encode.apply(last));
        }
        boolean owner = !second || "true".equals(call.query("fetch-owner"));
        shown.forEach(entry -> write(xml, entry, encode, owner));
        for (Page.Entry entry : shown) {
            if (entry.object() == null) {
                xml.open("CommonPrefixes")
                        .text("Prefix", encode.apply(entry.name()))
                        .close();
            }
        }
        call.reply(xml);
    }

    private static void write(Xml xml, Page.Entry entry, UnaryOperator<String> encode, boolean owner) {
        JsonNode object = entry.object();
        if (object == null) {
            return;
        }
        xml.open("Contents")
                .text("Key", encode.apply(entry.name()))
                .text("LastModified", time(Instant.parse(object.path("modified").asText())))
                .text("ETag", '"' + object.path("etag").asText() + '"')
                .text("Size", object.path("size").asText())
                .text("StorageClass", "STANDARD");
        if (owner) {
            xml.open("Owner").text("ID", "landfall").close();
        }
        xml.close();
    }

    private static int number(@Nullable String text, int most) {
        if (text == null || text.isEmpty()) {
            return most;
        }
        try {
            int number = Integer.parseInt(text);
            if (number >= 0) {
                return Math.min(number, most);
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw invalid("max-keys is a number of at least 0");
    }

    private static String encode(String last) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString((TOKEN + last).getBytes(StandardCharsets.UTF_8));
    }

    private static String decode(String token) {
        try {
            String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
            if (text.startsWith(TOKEN)) {
                return text.substring(TOKEN.length());
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw invalid("The continuation token is not one of this server's");
    }

    private static LandfallException invalid(String why) {
        return new LandfallException(ErrorCode.INVALID_ARGUMENT, why);
    }
}
