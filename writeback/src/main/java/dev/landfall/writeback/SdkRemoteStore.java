package dev.landfall.writeback;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.KeptHeaders;
import dev.landfall.model.LandfallException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/** An S3 endpoint through the AWS SDK: blocking, without retries of its own, bodies unsigned. */
final class SdkRemoteStore implements RemoteStore {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);

    /** Above this, a body goes in parts. */
    static final long SINGLE_PUT = 64L << 20;

    static final long PART = 16L << 20;

    private final S3Client s3;
    private final long singlePut;
    private final Multipart multipart;

    private SdkRemoteStore(S3Client s3, long singlePut, long part) {
        this.s3 = s3;
        this.singlePut = singlePut;
        this.multipart = new Multipart(s3, part);
    }

    /** @param connections that may be open at once */
    static SdkRemoteStore open(RemoteEndpoint endpoint, int connections) {
        return open(endpoint, connections, SINGLE_PUT, PART);
    }

    static SdkRemoteStore open(RemoteEndpoint endpoint, int connections, long singlePut, long part) {
        var credentials = AwsBasicCredentials.create(
                Secrets.resolve(endpoint.name(), endpoint.accessKey()),
                Secrets.resolve(endpoint.name(), endpoint.secretKey()));
        try {
            S3Client s3 = S3Client.builder()
                    .endpointOverride(endpoint.endpoint())
                    .region(Region.of(endpoint.region()))
                    .credentialsProvider(StaticCredentialsProvider.create(credentials))
                    .putAuthScheme(new UnsignedPayload())
                    .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                    .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                    .forcePathStyle(endpoint.pathStyle())
                    .serviceConfiguration(c -> c.chunkedEncodingEnabled(false))
                    .overrideConfiguration(c -> c.retryStrategy(AwsRetryStrategy.doNotRetry())
                            .apiCallTimeout(endpoint.attemptTimeout())
                            .apiCallAttemptTimeout(endpoint.attemptTimeout()))
                    .httpClientBuilder(Apache5HttpClient.builder()
                            .maxConnections(connections)
                            .connectionTimeout(min(CONNECT_TIMEOUT, endpoint.attemptTimeout()))
                            .connectionAcquisitionTimeout(endpoint.attemptTimeout())
                            .socketTimeout(endpoint.attemptTimeout())
                            .connectionMaxIdleTime(Duration.ofSeconds(5))
                            .tcpKeepAlive(true))
                    .build();
            return new SdkRemoteStore(s3, singlePut, part);
        } catch (IllegalArgumentException e) {
            throw new LandfallException(
                    ErrorCode.INVALID_ARGUMENT, "Remote " + endpoint.name() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public Outcome abort(String bucket, String key, String upload) {
        return multipart.abort(bucket, key, upload);
    }

    @Override
    public Outcome put(String bucket, String key, Upload upload, RemoteCondition condition) {
        if (upload.length() > singlePut) {
            return multipart.put(bucket, key, upload, condition);
        }
        var request = PutObjectRequest.builder()
                .bucket(bucket)
                .key(key)
                .contentLength(upload.length())
                .metadata(upload.metadata());
        if (upload.contentType() != null) {
            request.contentType(upload.contentType());
        }
        request.overrideConfiguration(c -> upload.headers().forEach(c::putHeader));
        switch (condition) {
            case RemoteCondition.None none -> {}
            case RemoteCondition.IfAbsent absent -> request.ifNoneMatch("*");
            case RemoteCondition.IfEtag(String etag) -> request.ifMatch("\"" + etag + "\"");
        }
        var body = RequestBody.fromContentProvider(
                provider(upload.content()),
                upload.length(),
                upload.contentType() == null ? "application/octet-stream" : upload.contentType());
        try {
            String etag = s3.putObject(request.build(), body).eTag();
            return new Outcome.Acknowledged(etag == null ? null : RemoteObject.unquoted(etag));
        } catch (RuntimeException e) {
            if (upload.content() instanceof FileContent file && file.spoilt()) {
                return new Outcome.Spoilt();
            }
            // If-Match of an object that is gone is answered 404.
            return condition instanceof RemoteCondition.IfEtag && SdkErrors.isNoSuchObject(e)
                    ? new Outcome.ConditionFailed()
                    : SdkErrors.outcome(e);
        }
    }

    @Override
    public Outcome delete(String bucket, String key) {
        try {
            s3.deleteObject(r -> r.bucket(bucket).key(key));
            return new Outcome.Acknowledged(null);
        } catch (RuntimeException e) {
            return SdkErrors.isNoSuchObject(e) ? new Outcome.Acknowledged(null) : SdkErrors.outcome(e);
        }
    }

    @Override
    public Look head(String bucket, String key) {
        try {
            HeadObjectResponse head = s3.headObject(r -> r.bucket(bucket).key(key));
            return new Look.Found(object(
                    head.contentLength(),
                    head.eTag(),
                    head.contentType(),
                    head.metadata(),
                    headers(
                            head.cacheControl(),
                            head.contentDisposition(),
                            head.contentEncoding(),
                            head.contentLanguage(),
                            head.expiresString()),
                    head.lastModified()));
        } catch (RuntimeException e) {
            return SdkErrors.isNoSuchObject(e) ? new Look.Absent() : new Look.Failed(SdkErrors.outcome(e));
        }
    }

    @Override
    public Fetch get(String bucket, String key) {
        try {
            ResponseInputStream<GetObjectResponse> body =
                    s3.getObject(r -> r.bucket(bucket).key(key));
            GetObjectResponse got = body.response();
            return new Fetch.Opened(
                    object(
                            got.contentLength(),
                            got.eTag(),
                            got.contentType(),
                            got.metadata(),
                            headers(
                                    got.cacheControl(),
                                    got.contentDisposition(),
                                    got.contentEncoding(),
                                    got.contentLanguage(),
                                    got.expiresString()),
                            got.lastModified()),
                    new AbortOnEarlyClose(body, got.contentLength()));
        } catch (RuntimeException e) {
            return SdkErrors.isNoSuchObject(e) ? new Fetch.Absent() : new Fetch.Failed(SdkErrors.outcome(e));
        }
    }

    @Override
    public Listed list(String bucket, String prefix, String after, int limit) {
        try {
            ListObjectsV2Response page = s3.listObjectsV2(r -> r.bucket(bucket)
                    .prefix(prefix)
                    .startAfter(after.isEmpty() ? null : after)
                    .maxKeys(limit));
            return new Listed.Page(
                    page.contents().stream()
                            .map(object -> new Listed.Entry(
                                    object.key(),
                                    object.size() == null ? 0 : object.size(),
                                    object.eTag() == null ? "" : RemoteObject.unquoted(object.eTag()),
                                    object.lastModified() == null ? Instant.EPOCH : object.lastModified()))
                            .toList(),
                    Boolean.TRUE.equals(page.isTruncated()));
        } catch (RuntimeException e) {
            return new Listed.Failed(SdkErrors.outcome(e));
        }
    }

    @Override
    public void close() {
        s3.close();
    }

    private static RemoteObject object(
            @Nullable Long size,
            @Nullable String etag,
            @Nullable String contentType,
            Map<String, String> metadata,
            Map<String, String> headers,
            @Nullable Instant modified) {
        return RemoteObject.of(
                size == null ? 0 : size,
                etag == null ? "" : etag,
                contentType,
                metadata,
                headers,
                modified == null ? Instant.EPOCH : modified);
    }

    /** What S3 says of the {@link KeptHeaders}, in their order. */
    private static Map<String, String> headers(@Nullable String... values) {
        Map<String, String> headers = new HashMap<>();
        for (int i = 0; i < values.length; i++) {
            String value = values[i];
            if (value != null && !value.isEmpty()) {
                headers.put(KeptHeaders.NAMES.get(i), value);
            }
        }
        return Map.copyOf(headers);
    }

    private static ContentStreamProvider provider(Content content) {
        return () -> {
            try {
                return content.open();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    /** Closing a half-read response would read it to its end; ends the connection instead. Failures of the SDK become IOExceptions. */
    private static final class AbortOnEarlyClose extends InputStream {
        private final ResponseInputStream<GetObjectResponse> body;
        private long left;

        AbortOnEarlyClose(ResponseInputStream<GetObjectResponse> body, @Nullable Long length) {
            this.body = body;
            this.left = length == null ? Long.MAX_VALUE : length;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int count) throws IOException {
            try {
                int read = body.read(buffer, offset, count);
                left -= Math.max(read, 0);
                return read;
            } catch (SdkException e) {
                throw new IOException("S3 broke off the transfer", e);
            }
        }

        @Override
        public void close() throws IOException {
            if (left > 0) {
                body.abort();
            }
            body.close();
        }
    }
}
