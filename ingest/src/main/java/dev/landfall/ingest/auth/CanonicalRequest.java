package dev.landfall.ingest.auth;

import dev.landfall.ingest.http.Percent;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The one form of a request that is signed: "Create a canonical request" of AWS Signature Version 4, with the rules for S3 (the path is
 * encoded once and not normalised).
 */
final class CanonicalRequest {
    private static final Pattern SPACES = Pattern.compile(" +");

    private CanonicalRequest() {}

    static String of(HttpMessage message, List<String> signedHeaders, String payload) {
        var text = new StringBuilder(512);
        text.append(message.method()).append('\n');
        text.append(path(message.path())).append('\n');
        text.append(query(message)).append('\n');
        for (String name : signedHeaders) {
            String value = message.headers().getOrDefault(name, "");
            text.append(name)
                    .append(':')
                    .append(SPACES.matcher(value.strip()).replaceAll(" "))
                    .append('\n');
        }
        text.append('\n').append(String.join(";", signedHeaders)).append('\n').append(payload);
        return text.toString();
    }

    private static String path(String sent) {
        return Percent.encode(Percent.decode(sent)).replace("%2F", "/");
    }

    private static String query(HttpMessage message) {
        return message.query().stream()
                .filter(parameter -> !parameter.name().equals("X-Amz-Signature"))
                .map(parameter ->
                        new HttpMessage.Parameter(Percent.encode(parameter.name()), Percent.encode(parameter.value())))
                .sorted(java.util.Comparator.comparing(HttpMessage.Parameter::name)
                        .thenComparing(HttpMessage.Parameter::value))
                .map(parameter -> parameter.name() + "=" + parameter.value())
                .collect(java.util.stream.Collectors.joining("&"));
    }
}
