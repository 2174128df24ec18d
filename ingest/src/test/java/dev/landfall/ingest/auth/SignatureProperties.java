package dev.landfall.ingest.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Whatever a request says of its signature, it is read, refused or no signature; and no changed request is taken for the signed one. */
class SignatureProperties {
    private static final List<String> PIECES = List.of(
            "AWS4-HMAC-SHA256",
            "AWS",
            "Credential=",
            "SignedHeaders=",
            "Signature=",
            "/20130524/us-east-1/s3/aws4_request",
            "key",
            "host;x-amz-date",
            "0".repeat(64),
            ",",
            ";",
            "=",
            "/",
            " ",
            "\t",
            "%00",
            "\u00e9",
            "X-Amz-Algorithm",
            "X-Amz-Credential",
            "X-Amz-Date",
            "X-Amz-Expires",
            "X-Amz-SignedHeaders",
            "X-Amz-Signature",
            "20130524T000000Z",
            "99999999999999999999",
            "&",
            "-1");

    @Provide
    Arbitrary<String> text() {
        return Arbitraries.of(PIECES).list().ofMaxSize(20).map(pieces -> String.join("", pieces));
    }

    @Provide
    Arbitrary<List<HttpMessage.Parameter>> parameters() {
        return Combinators.combine(Arbitraries.of(PIECES), text())
                .as(HttpMessage.Parameter::new)
                .list()
                .ofMaxSize(8);
    }

    @Property(tries = 1000)
    void everyCredentialIsReadOrRefused(
            @ForAll("text") String authorization,
            @ForAll("text") String date,
            @ForAll("text") String payload,
            @ForAll("parameters") List<HttpMessage.Parameter> query) {
        var headers = new TreeMap<>(Map.of(
                "host", "h", "authorization", authorization, "x-amz-date", date, "x-amz-content-sha256", payload));
        refusedOr(() -> assertThat(SignaturesTest.now().verify(new HttpMessage("GET", "/b/x", query, headers)))
                .isNull());
        refusedOr(() -> Payload.parse(payload));
    }

    private static void refusedOr(Runnable step) {
        try {
            step.run();
        } catch (LandfallException e) {
            assertThat(e.code().status()).isBetween(400, 403).isNotIn(404, 405);
        } catch (RuntimeException e) {
            throw e;
        }
    }

    /** Of the example of the reference, one character anywhere. */
    @Property(tries = 1000)
    void noChangedRequestIsTaken(
            @ForAll @IntRange(max = 5) int where, @ForAll @IntRange(max = 400) int at, @ForAll char other) {
        HttpMessage right = SignaturesTest.get();
        assertThat(SignaturesTest.now().verify(right)).isNotNull();
        char letter = (char) ('0' + other % 10);
        Map<String, String> headers = new TreeMap<>(right.headers());
        String method = right.method();
        String path = right.path();
        List<HttpMessage.Parameter> query = new ArrayList<>(right.query());
        switch (where) {
            case 0 -> method = changed(method, at, letter);
            case 1 -> path = "/" + changed(path.substring(1), at, letter);
            case 2 -> query.add(new HttpMessage.Parameter("p" + letter, ""));
            case 3 -> headers.compute("range", (name, value) -> changed(value, at, letter));
            case 4 -> headers.compute("x-amz-date", (name, value) -> changed(value, at, letter));
            default -> headers.compute("authorization", (name, value) -> changed(value, at, letter));
        }
        var message = new HttpMessage(method, path, query, headers);
        if (message.equals(right)) {
            return;
        }
        if (!headers.get("authorization").startsWith(Credential.ALGORITHM)) {
            refusedOr(() -> assertThat(SignaturesTest.now().verify(message)).isNull());
            return;
        }
        assertThatThrownBy(() -> SignaturesTest.now().verify(message))
                .isInstanceOf(LandfallException.class)
                .satisfies(e -> assertThat(((LandfallException) e).code())
                        .isIn(
                                ErrorCode.SIGNATURE_DOES_NOT_MATCH,
                                ErrorCode.INVALID_REQUEST,
                                ErrorCode.INVALID_ACCESS_KEY_ID,
                                ErrorCode.REQUEST_TIME_TOO_SKEWED,
                                ErrorCode.ACCESS_DENIED));
    }

    private static String changed(String text, int at, char letter) {
        int place = at % text.length();
        return text.substring(0, place) + letter + text.substring(place + 1);
    }
}
