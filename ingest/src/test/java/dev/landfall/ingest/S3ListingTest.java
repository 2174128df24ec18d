package dev.landfall.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.ingest.SignedRequest.How;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Listings over the S3 API: where pages begin and end, what a delimiter hides, and what others change meanwhile. */
class S3ListingTest {
    @RegisterExtension
    static final GuardedNodes NODES = new GuardedNodes();

    private static S3Client s3() {
        return NODES.s3();
    }

    private static String bucket() {
        return NODES.bucket();
    }

    private static void put(String... names) {
        for (String name : names) {
            s3().putObject(r -> r.bucket(bucket()).key(name), RequestBody.fromString("x"));
        }
    }

    private static List<String> names(ListObjectsV2Response page) {
        var names = new TreeSet<String>();
        page.contents().stream().map(S3Object::key).forEach(names::add);
        page.commonPrefixes().stream().map(CommonPrefix::prefix).forEach(names::add);
        assertThat(page.keyCount()).isEqualTo(names.size());
        return new ArrayList<>(names);
    }

    private static ListObjectsV2Response page(int max, String delimiter, String token) {
        var request =
                ListObjectsV2Request.builder().bucket(bucket()).maxKeys(max).continuationToken(token);
        return s3().listObjectsV2(request.delimiter(delimiter).build());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/"})
    void pagesGoOnWhileOthersWrite(String delimiter) {
        String separator = delimiter.isEmpty() ? "-" : "/";
        for (int i = 10; i < 30; i++) {
            put(i + separator + "a");
        }
        List<String> seen = new ArrayList<>();
        String token = null;
        for (int round = 0; round == 0 || token != null; round++) {
            ListObjectsV2Response page = page(3, delimiter.isEmpty() ? null : delimiter, token);
            seen.addAll(names(page));
            token = page.nextContinuationToken();
            String last = seen.getLast().substring(0, 2);
            // behind the cursor, at it and in front of it
            put("00" + separator + round, last + separator + "a0", last + separator + "z", "99" + separator + round);
            String gone = last + separator + "a";
            s3().deleteObject(r -> r.bucket(bucket()).key(gone));
        }
        assertThat(seen).isSorted().doesNotHaveDuplicates();
        for (int i = 10; i < 30; i++) {
            String name = i + separator + (delimiter.isEmpty() ? "a" : "");
            assertThat(seen).contains(name);
        }
        assertThat(seen).noneMatch(name -> name.startsWith("00"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "-  | /  | -     | a b/ c d/",
                "-  | /  | b/1   | b/ c d/",
                "-  | /  | b/    | c d/",
                "-  | /  | b/2   | b/ c d/",
                "-  | /  | b/zz  | c d/",
                "b/ | /  | -     | b/1 b/2 b/3/",
                "b/ | /  | b/2   | b/3/",
                "b  | /  | -     | b/",
                "-  | b/ | -     | a b/ c d//e",
                "-  | 3/ | -     | a b/1 b/2 b/3/ c d//e",
                "d/ | /  | -     | d//",
                "x  | /  | -     | ''",
                "-  | -  | c     | d//e"
            })
    void prefixDelimiterAndStartAreCombined(String prefix, String delimiter, String after, String wanted) {
        put("a", "b/1", "b/2", "b/3/x", "b/3/y", "c", "d//e");
        List<String> expected = wanted.isEmpty() ? List.of() : List.of(wanted.split(" "));
        var page = s3().listObjectsV2(r ->
                r.bucket(bucket()).prefix(prefix).delimiter(delimiter).startAfter(after));
        assertThat(names(page)).isEqualTo(expected);
        assertThat(page.isTruncated()).isFalse();
    }

    @Test
    void namesAreEncodedWhenItIsAskedFor() {
        put("a b+c%/ü&");
        String url = NODES.one().ingest.s3Url() + "/" + bucket() + "?encoding-type=url&list-type=2&prefix=a%20b";
        String xml = SignedRequest.of("GET", url, new byte[0], How.ADMIN).send().text();
        assertThat(xml).contains("<Key>a%20b%2Bc%25/%C3%BC%26</Key>", "<Prefix>a%20b</Prefix>");
        String plain = SignedRequest.of("GET", url.replace("encoding-type=url&", ""), new byte[0], How.ADMIN)
                .send()
                .text();
        assertThat(plain).contains("<Key>a b+c%/ü&amp;</Key>");
    }

    @Test
    void theNumberOfKeysIsWithinWhatIsAllowed() {
        put("a", "b");
        ListObjectsV2Response none = page(0, null, null);
        assertThat(none.keyCount()).isZero();
        assertThat(none.isTruncated()).isFalse();
        assertThat(page(5000, null, null).maxKeys()).isEqualTo(1000);
        ListObjectsV2Response one = page(1, null, null);
        assertThat(one.isTruncated()).isTrue();
        assertThat(names(page(1, null, one.nextContinuationToken()))).containsExactly("b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"max-keys=-1", "max-keys=x", "list-type=2&continuation-token=x", "encoding-type=base64"})
    void whatCannotBeMeantIsRefused(String query) {
        String url = NODES.one().ingest.s3Url() + "/" + bucket() + "?" + query;
        assertThat(SignedRequest.of("GET", url, new byte[0], How.ADMIN).send().text())
                .contains("<Code>InvalidArgument</Code>");
    }

    @Test
    void aTokenIsNotTakenForStartAfter() {
        put("a", "b", "c");
        String token = page(1, null, null).nextContinuationToken();
        assertThat(names(s3().listObjectsV2(
                                r -> r.bucket(bucket()).startAfter("b").continuationToken(token))))
                .containsExactly("b", "c");
        assertThatThrownBy(() -> s3().listObjectsV2(r -> r.bucket("no-such-bucket")))
                .isInstanceOf(S3Exception.class);
    }
}
