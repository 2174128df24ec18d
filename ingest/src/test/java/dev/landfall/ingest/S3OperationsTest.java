package dev.landfall.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.landfall.ingest.s3.S3Door;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.client.config.SdkAdvancedClientOption;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Request;
import software.amazon.awssdk.services.s3.model.SelectObjectContentRequest;
import software.amazon.awssdk.services.s3.model.SelectObjectContentResponseHandler;

/** Every operation of the AWS SDK that this server does not have, sent as the SDK sends it. Keeps the list of them in docs/s3.md. */
class S3OperationsTest {
    @RegisterExtension
    static final GuardedNodes NODES = new GuardedNodes();

    private static final String BEGIN = "<!-- not offered: made by S3OperationsTest -->\n";
    private static final String END = "<!-- not offered end -->\n";
    private static final String KEY = "an object";

    private final AtomicInteger sent = new AtomicInteger();

    private ClientOverrideConfiguration counting() {
        return ClientOverrideConfiguration.builder()
                .putAdvancedOption(SdkAdvancedClientOption.DISABLE_HOST_PREFIX_INJECTION, true)
                .retryStrategy(retry -> retry.maxAttempts(1))
                .addExecutionInterceptor(new ExecutionInterceptor() {
                    @Override
                    public void afterTransmission(Context.AfterTransmission context, ExecutionAttributes attributes) {
                        sent.incrementAndGet();
                    }
                })
                .build();
    }

    private static final StaticCredentialsProvider ADMIN =
            StaticCredentialsProvider.create(AwsBasicCredentials.create(GuardedNodes.ACCESS, GuardedNodes.SECRET));

    private interface Send {
        void run(S3Request request) throws Throwable;
    }

    /** How each operation is sent, by its name in the S3 API reference. */
    private static Map<String, Map.Entry<Class<? extends S3Request>, Send>> operations(
            S3Client sync, S3AsyncClient async) {
        Map<String, Map.Entry<Class<? extends S3Request>, Send>> all = new TreeMap<>();
        for (Method method : S3Client.class.getMethods()) {
            Class<?>[] takes = method.getParameterTypes();
            if (takes.length == 0
                    || Modifier.isStatic(method.getModifiers())
                    || method.getName().endsWith("Paginator")
                    || !S3Request.class.isAssignableFrom(takes[0])) {
                continue;
            }
            Object second = takes.length == 1
                    ? null
                    : takes[1] == RequestBody.class
                            ? RequestBody.fromString("sample")
                            : takes[1] == ResponseTransformer.class ? ResponseTransformer.toBytes() : method;
            if (second != method) {
                Class<? extends S3Request> type = takes[0].asSubclass(S3Request.class);
                all.put(
                        type.getSimpleName().replaceFirst("Request$", ""),
                        Map.entry(type, request -> invoke(method, sync, request, second)));
            }
        }
        all.put(
                "SelectObjectContent",
                Map.entry(
                        SelectObjectContentRequest.class,
                        request -> async.selectObjectContent(
                                        (SelectObjectContentRequest) request,
                                        SelectObjectContentResponseHandler.builder()
                                                .subscriber(event -> {})
                                                .build())
                                .join()));
        return all;
    }

    private static void invoke(Method method, S3Client client, S3Request request, Object second) throws Throwable {
        try {
            if (second == null) {
                method.invoke(client, request);
            } else {
                method.invoke(client, request, second);
            }
        } catch (java.lang.reflect.InvocationTargetException e) {
            throw e.getCause();
        }
    }

    @Test
    void whatIsNotOfferedAnswersNotImplementedAndChangesNothing() throws IOException {
        String bucket = NODES.bucket();
        NODES.s3().putObject(r -> r.bucket(bucket).key(KEY), RequestBody.fromString("as it was"));
        Set<String> offered = S3Door.offered();
        Set<String> refused = new TreeSet<>();
        URI endpoint = URI.create(NODES.one().ingest.s3Url());
        try (var sync = S3Client.builder()
                        .endpointOverride(endpoint)
                        .region(Region.EU_WEST_1)
                        .credentialsProvider(ADMIN)
                        .serviceConfiguration(S3Configuration.builder()
                                .pathStyleAccessEnabled(true)
                                .build())
                        .overrideConfiguration(counting())
                        .build();
                var async = S3AsyncClient.builder()
                        .endpointOverride(endpoint)
                        .region(Region.EU_WEST_1)
                        .credentialsProvider(ADMIN)
                        .forcePathStyle(true)
                        .overrideConfiguration(counting())
                        .build()) {
            var operations = operations(sync, async);
            assertThat(operations.keySet()).containsAll(offered).hasSizeGreaterThan(100);
            for (var operation : operations.entrySet()) {
                if (offered.contains(operation.getKey())) {
                    continue;
                }
                sent.set(0);
                S3Request request = SampleRequests.of(operation.getValue().getKey(), bucket, KEY);
                Throwable thrown =
                        catchThrowable(() -> operation.getValue().getValue().run(request));
                Throwable error = thrown instanceof CompletionException ? thrown.getCause() : thrown;

                assertThat(sent).as("%s: %s", operation.getKey(), error).hasValue(1);
                assertThat(error).as(operation.getKey()).isInstanceOf(S3Exception.class);
                var answer = (S3Exception) error;
                assertThat(answer.statusCode()).as(operation.getKey()).isEqualTo(501);
                // a HEAD has no body to say it in
                if (answer.awsErrorDetails() != null && !operation.getKey().startsWith("Head")) {
                    assertThat(answer.awsErrorDetails().errorCode())
                            .as(operation.getKey())
                            .isEqualTo("NotImplemented");
                }
                refused.add(operation.getKey());
            }
        }
        assertThat(NODES.s3().getObjectAsBytes(r -> r.bucket(bucket).key(KEY)).asUtf8String())
                .isEqualTo("as it was");
        assertThat(NODES.s3().listObjectsV2(r -> r.bucket(bucket)).keyCount()).isEqualTo(1);
        check(refused);
    }

    private static void check(Set<String> refused) throws IOException {
        Path file = Path.of(System.getProperty("landfall.root")).resolve("docs/s3.md");
        String before = Files.readString(file);
        String list =
                refused.stream().collect(Collectors.joining(", ", "", ".\n")).replaceAll("(.{1,138}) ", "$1\n");
        String made = before.substring(0, before.indexOf(BEGIN) + BEGIN.length())
                + list
                + before.substring(before.indexOf(END));
        if (System.getenv("LANDFALL_WRITE_DOCS") != null) {
            Files.writeString(file, made);
        }
        assertThat(Files.readString(file))
                .as("the list in docs/s3.md; LANDFALL_WRITE_DOCS=1 makes it anew")
                .isEqualTo(made);
    }
}
