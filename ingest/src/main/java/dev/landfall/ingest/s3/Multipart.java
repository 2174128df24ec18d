package dev.landfall.ingest.s3;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landfall.ingest.http.HttpCall;
import dev.landfall.ingest.http.Percent;
import dev.landfall.ingest.objects.Digests;
import dev.landfall.ingest.objects.MultipartObjects;
import dev.landfall.ingest.objects.ObjectHeaders;
import dev.landfall.ingest.objects.Objects;
import dev.landfall.ingest.objects.ReadObject;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.targets.Uploads;
import dev.landfall.writeback.CompletedPart;
import dev.landfall.writeback.PutOutcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** CreateMultipartUpload, UploadPart, UploadPartCopy, CompleteMultipartUpload, AbortMultipartUpload, ListParts and ListMultipartUploads. */
record Multipart(Objects objects, MultipartObjects uploads) {
    private static final int MAX_BODY = 4 << 20;
    private static final int MAX_LIST = 1000;
    private static final Pattern COPY_RANGE = Pattern.compile("bytes=[0-9]{1,18}-[0-9]{1,18}");

    void create(S3Call call) {
        HttpCall http = call.http();
        http.caller().requireWrite(call.bucketName().value());
        String id = uploads.create(http, call.key(), ObjectHeaders.put(http, false, GetKey.META));
        call.reply(Xml.document("InitiateMultipartUploadResult", Xml.S3)
                .text("Bucket", call.bucket())
                .text("Key", call.name())
                .text("UploadId", id));
    }

    void part(S3Call call) {
        HttpCall http = call.http();
        http.caller().requireWrite(call.bucketName().value());
        Map<String, String> headers = http.headers();
        http.body(Digests.verifying(http.body(), headers));
        String etag = uploads.part(
                http, call.key(), upload(call), number(call), Digests.etag(headers), Digests.names(headers));
        http.replyHead(200, 0, Map.of("ETag", '"' + etag + '"'));
    }

    void partCopy(S3Call call) {
        HttpCall http = call.http();
        http.caller().requireWrite(call.bucketName().value());
        String range = call.header("x-amz-copy-source-range");
        if (range != null && !COPY_RANGE.matcher(range).matches()) {
            throw new LandfallException(
                    ErrorCode.INVALID_ARGUMENT, "x-amz-copy-source-range is written like bytes=0-1023");
        }
        try (ReadObject.Opened source = ReadObject.open(objects, http, CopySource.of(call), range)) {
            CopySource.check(call, source);
            http.body(source);
            String etag = uploads.part(http, call.key(), upload(call), number(call), null, List.of());
            call.reply(Xml.document("CopyPartResult", Xml.S3)
                    .text("LastModified", ListKeys.time(source.modified()))
                    .text("ETag", '"' + etag + '"'));
        }
    }

    void complete(S3Call call) {
        HttpCall http = call.http();
        http.caller().requireWrite(call.bucketName().value());
        List<CompletedPart> parts = new ArrayList<>();
        List<XmlTree> asked =
                XmlTree.parse(http.body(MAX_BODY), "CompleteMultipartUpload").all("Part");
        if (CompleteCheck.isNeeded(http.headers(), asked)) {
            checked(call, asked);
        }
        for (XmlTree part : asked) {
            parts.add(new CompletedPart(whole(part.require("PartNumber"), "PartNumber"), part.require("ETag")));
        }
        var condition = ObjectHeaders.delete(http, false).condition();
        PutOutcome outcome = uploads.complete(http, call.key(), upload(call), parts, condition);
        call.reply(Xml.document("CompleteMultipartUploadResult", Xml.S3)
                .text(
                        "Location",
                        "/" + call.bucket() + "/" + Percent.encode(call.name()).replace("%2F", "/"))
                .text("Bucket", call.bucket())
                .text("Key", call.name())
                .text("ETag", '"' + outcome.record().etag() + '"'));
    }

    /** The parts are named by their ETags too: if one is replaced after this, it is not the one that is completed. */
    private void checked(S3Call call, List<XmlTree> asked) {
        List<JsonNode> stored;
        try {
            stored = uploads.parts(call.http(), call.key(), upload(call), 0, Uploads.MOST_PARTS);
        } catch (LandfallException e) {
            if (e.code() == ErrorCode.NO_SUCH_UPLOAD) {
                return; // it may be sent again after it succeeded
            }
            throw e;
        }
        CompleteCheck.check(call.http().headers(), asked, stored);
    }

    void abort(S3Call call) {
        call.http().caller().requireWrite(call.bucketName().value());
        uploads.abort(call.http(), call.key(), upload(call));
        call.http().replyHead(204, -1, Map.of());
    }

    void parts(S3Call call) {
        call.http().caller().requireRead(call.bucketName().value());
        int max = Math.min(MAX_LIST, whole(call.queryOr("max-parts", "1000"), "max-parts"));
        int after = whole(call.queryOr("part-number-marker", "0"), "part-number-marker");
        List<JsonNode> found = uploads.parts(call.http(), call.key(), upload(call), after, max + 1);
        List<JsonNode> shown = found.subList(0, Math.min(max, found.size()));
        Xml xml = Xml.document("ListPartsResult", Xml.S3)
                .text("Bucket", call.bucket())
                .text("Key", encoding(call).apply(call.name()))
                .text("UploadId", upload(call))
                .text("PartNumberMarker", Integer.toString(after))
                .text(
                        "NextPartNumberMarker",
                        shown.isEmpty() ? "0" : shown.getLast().path("number").asText())
                .text("MaxParts", Integer.toString(max))
                .text("EncodingType", call.query("encoding-type"))
                .text("IsTruncated", Boolean.toString(found.size() > max));
        for (JsonNode part : shown) {
            xml.open("Part")
                    .text("PartNumber", part.path("number").asText())
                    .text("LastModified", time(part.path("modified")))
                    .text("ETag", '"' + part.path("etag").asText() + '"')
                    .text("Size", part.path("size").asText());
            part.path("checksums")
                    .properties()
                    .forEach(each -> xml.text(
                            "Checksum" + each.getKey().toUpperCase(Locale.ROOT),
                            each.getValue().asText()));
            xml.close();
        }
        call.reply(xml);
    }

    void list(S3Call call) {
        call.http().caller().requireRead(call.bucketName().value());
        objects.places().view().bucket(call.bucketName());
        if (!call.queryOr("delimiter", "").isEmpty()) {
            throw new LandfallException(
                    ErrorCode.NOT_IMPLEMENTED, "ListMultipartUploads is not offered with a delimiter");
        }
        int max = Math.min(MAX_LIST, whole(call.queryOr("max-uploads", "1000"), "max-uploads"));
        String marker = call.queryOr("key-marker", "");
        String idMarker = call.query("upload-id-marker");
        List<JsonNode> found = uploads.uploads(
                call.http(),
                call.bucketName(),
                call.queryOr("prefix", ""),
                marker,
                marker.isEmpty() || "".equals(idMarker) ? null : idMarker,
                max + 1);
        List<JsonNode> shown = found.subList(0, Math.min(max, found.size()));
        UnaryOperator<String> encode = encoding(call);
        Xml xml = Xml.document("ListMultipartUploadsResult", Xml.S3)
                .text("Bucket", call.bucket())
                .text("Prefix", encode.apply(call.queryOr("prefix", "")))
                .text("KeyMarker", encode.apply(marker))
                .text("MaxUploads", Integer.toString(max))
                .text("EncodingType", call.query("encoding-type"))
                .text("IsTruncated", Boolean.toString(found.size() > max));
        if (found.size() > max && !shown.isEmpty()) {
            xml.text("NextKeyMarker", encode.apply(shown.getLast().path("name").asText()));
            xml.text("NextUploadIdMarker", shown.getLast().path("id").asText());
        }
        for (JsonNode upload : shown) {
            xml.open("Upload")
                    .text("Key", encode.apply(upload.path("name").asText()))
                    .text("UploadId", upload.path("id").asText())
                    .text("StorageClass", "STANDARD")
                    .text("Initiated", time(upload.path("initiated")))
                    .close();
        }
        call.reply(xml);
    }

    private static UnaryOperator<String> encoding(S3Call call) {
        return call.query("encoding-type") == null
                ? text -> text
                : text -> Percent.encode(text).replace("%2F", "/");
    }

    private static String time(JsonNode instant) {
        return ListKeys.time(Instant.parse(instant.asText()));
    }

    private static String upload(S3Call call) {
        return call.queryOr("uploadId", "");
    }

    private static int number(S3Call call) {
        return whole(call.queryOr("partNumber", ""), "partNumber");
    }

    private static int whole(String text, String what) {
        try {
            int number = Integer.parseInt(text);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new LandfallException(ErrorCode.INVALID_ARGUMENT, what + " is a whole number");
    }
}
