package dev.landfall.model;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** Every error that the HTTP API can answer. docs/errors.md is made from this list. */
public enum ErrorCode {
    INVALID_BUCKET_NAME(
            400, "The bucket name is not valid", "Use 3 to 63 lower-case letters, digits, dots and dashes."),
    INVALID_OBJECT_NAME(
            400,
            "The object name is not valid",
            "Use 1 to 1,024 bytes of UTF-8 without control characters, \".\" or \"..\" segments."),
    INVALID_ARGUMENT(400, "A parameter, header or field is not valid", "Correct the value that the message names."),
    MALFORMED_JSON(
            400,
            "The body is not the JSON that is expected here",
            "Correct the body at the place that the message names."),
    BAD_DIGEST(
            400,
            "The body does not match its checksum",
            "Send the body again; if it fails again, look for a fault between client and server."),
    INCOMPLETE_BODY(400, "The body ended before its declared length", "Send the request again."),
    METADATA_TOO_LARGE(
            400, "The user metadata is larger than allowed", "Send at most 2 KiB of names and values together."),
    ENTITY_TOO_SMALL(
            400, "A part is smaller than allowed", "Make every part but the last at least 5 MiB, and upload again."),
    INVALID_PART(
            400,
            "A part that the request names was not uploaded, or has another ETag",
            "List the parts of the upload, upload what is missing, and complete it again."),
    INVALID_PART_ORDER(400, "The parts are not in ascending order", "Name each part once, in ascending order."),
    INVALID_TOPOLOGY(400, "The topology is not valid", "Correct the lines that the message names."),
    INVALID_REQUEST(400, "The request is not one that the server can answer", "Correct what the message names."),
    MALFORMED_XML(
            400,
            "The body is not the XML that is expected here",
            "Correct the body at the place that the message names."),
    CREDENTIALS_REQUIRED(
            401,
            "The server answers nobody without credentials",
            "Send \"Authorization: Bearer ACCESS_KEY:SECRET_KEY\", or sign the request (AWS Signature Version 4)."),
    ACCESS_DENIED(
            403,
            "The request is not allowed with these credentials",
            "Use a key whose policy allows it; landfall key ls shows the policies."),
    INVALID_ACCESS_KEY_ID(403, "The access key is not known", "Check the key; landfall key ls shows those that exist."),
    SIGNATURE_DOES_NOT_MATCH(
            403,
            "The signature or secret is not the one that belongs to the access key and the request",
            "Check the secret key, and that nothing between client and server changes requests."),
    REQUEST_TIME_TOO_SKEWED(
            403,
            "The time of the request is too far from the server's",
            "Set the clocks of client and server right; 15 minutes are allowed."),
    PROMOTE_OUTSIDE_ROOTS(
            403,
            "The path is not below a promote root",
            "Start the node with --promote-root for a directory above the path."),
    EXEC_NOT_ALLOWED(
            403,
            "Commands are not allowed on this server",
            "Start the nodes with --allow-exec if you trust everybody who can reach them."),
    NO_SUCH_BUCKET(404, "The bucket does not exist", "Create the bucket first."),
    NO_SUCH_OBJECT(404, "The object does not exist", "Check the name."),
    NO_SUCH_UPLOAD(
            404,
            "The multipart upload does not exist: it was completed, aborted or has expired",
            "Begin a new multipart upload."),
    NO_SUCH_TOPOLOGY(404, "The topology does not exist", "List the topologies with GET /api/v1/topologies."),
    NO_SUCH_JOB(404, "The job does not exist", "List the jobs with GET /api/v1/jobs."),
    NO_SUCH_ACCESS_KEY(404, "The access key does not exist", "List the keys with landfall key ls."),
    NO_SUCH_ROUTE(404, "There is nothing at this path", "See the HTTP API in the README."),
    METHOD_NOT_ALLOWED(405, "The method is not allowed at this path", "Use one of the methods in the Allow header."),
    REQUEST_TIMEOUT(408, "The request did not arrive in time", "Send the request again."),
    BUCKET_EXISTS(
            409,
            "A bucket of this name exists with another specification",
            "Choose another name, or delete the bucket first."),
    BUCKET_NOT_EMPTY(409, "The bucket is not empty", "Delete its objects first."),
    REMOTE_OVERLAP(
            409,
            "Another bucket already uses this remote prefix",
            "Choose a prefix that is not above or below one in use."),
    OUTPUT_CONFLICT(
            409,
            "The output's name is taken by another source or by a user's object",
            "Change the pipeline's names, or allow overwrite."),
    PRECONDITION_FAILED(412, "A condition of the request does not hold", "Read the object again and decide anew."),
    ENTITY_TOO_LARGE(413, "The body is larger than allowed", "Send a smaller body."),
    INVALID_RANGE(416, "The range is not within the object", "Ask for a range within the object's size."),
    NOT_OWNER(421, "This node does not own the key's partition", "Refresh the cluster map and ask its owner."),
    HEADERS_TOO_LARGE(431, "The request's headers are larger than allowed", "Send fewer or shorter headers."),
    INTERNAL_ERROR(500, "The server failed", "Try again; if it goes on, look for the request id in the server's log."),
    CORRUPT_OBJECT(
            500,
            "The stored data does not match its checksum",
            "The object was set aside; restore it from its source."),
    NOT_IMPLEMENTED(501, "The server does not offer this", "See docs/s3.md for what it offers."),
    REMOTE_REFUSED(
            502,
            "S3 refused the request",
            "Correct what the message names (credentials, bucket, policy) and try again."),
    REMOTE_UNAVAILABLE(503, "S3 cannot be reached or is overloaded", "Try again later."),
    OWNER_UNAVAILABLE(503, "The owner of the key's partition cannot be reached", "Try again when the node is back."),
    MOUNTPATH_FENCED(
            503,
            "The disk of the key's partition has failed and was fenced",
            "Replace the disk or restart the node once it is healthy."),
    CLUSTER_UNAVAILABLE(
            503,
            "Kafka cannot be reached, so the cluster's state cannot change now",
            "Try again when Kafka is back; objects can be read and written meanwhile."),
    TOO_MANY_UPLOADS(
            503,
            "Too many multipart uploads are open",
            "Complete or abort some; those that are left alone expire after 7 days."),
    DIRTY_LIMIT(503, "Too much data waits for S3", "Try again after the time in Retry-After."),
    OUTBOX_FULL(503, "Too many events wait for Kafka", "Try again when Kafka is back."),
    BUSY(503, "The server has too many requests in flight", "Try again after the time in Retry-After."),
    SHUTTING_DOWN(503, "The node is shutting down", "Send the request to another node."),
    OUTCOME_UNKNOWN(
            504,
            "It is not known whether the change was stored, because S3 or the owner of the key's partition did not say",
            "Read the object to see. A change that S3 did not confirm is kept and finished; send any other again if it is missing."),
    INSUFFICIENT_STORAGE(507, "The disk of the key's partition is full", "Free space or add a disk.");

    private final int status;
    private final String sentence;
    private final String whatToDo;

    ErrorCode(int status, String sentence, String whatToDo) {
        this.status = status;
        this.sentence = sentence;
        this.whatToDo = whatToDo;
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    public String sentence() {
        return sentence;
    }

    public String whatToDo() {
        return whatToDo;
    }

    /** The code on the wire, as S3 spells its codes: {@code NoSuchBucket}. */
    public String wire() {
        return Arrays.stream(name().split("_"))
                .map(word -> word.charAt(0) + word.substring(1).toLowerCase(java.util.Locale.ROOT))
                .collect(Collectors.joining());
    }

    public static Optional<ErrorCode> fromWire(String wire) {
        return Arrays.stream(values()).filter(code -> code.wire().equals(wire)).findFirst();
    }
}
