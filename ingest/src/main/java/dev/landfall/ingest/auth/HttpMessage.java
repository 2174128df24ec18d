package dev.landfall.ingest.auth;

import dev.landfall.ingest.http.HttpCall;
import dev.landfall.ingest.http.Percent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What of a request is signed.
 *
 * @param path as sent
 * @param query its parameters, decoded, in the order sent
 * @param headers by their names in lower case
 */
record HttpMessage(String method, String path, List<Parameter> query, Map<String, String> headers) {
    record Parameter(String name, String value) {}

    static HttpMessage of(HttpCall call) {
        return new HttpMessage(call.method(), call.rawPath(), parse(call.rawQuery()), call.headers());
    }

    @Nullable
    String header(String name) {
        return headers.get(name);
    }

    @Nullable
    String parameter(String name) {
        return query.stream()
                .filter(parameter -> parameter.name.equals(name))
                .map(Parameter::value)
                .findFirst()
                .orElse(null);
    }

    static List<Parameter> parse(String query) {
        List<Parameter> parameters = new ArrayList<>();
        for (int from = 0; from < query.length(); ) {
            int amp = query.indexOf('&', from);
            int to = amp < 0 ? query.length() : amp;
            int equals = query.indexOf('=', from);
            int nameEnd = equals < 0 || equals > to ? to : equals;
            if (to > from) {
                parameters.add(new Parameter(
                        Percent.decode(query.substring(from, nameEnd)),
                        nameEnd == to ? "" : Percent.decode(query.substring(nameEnd + 1, to))));
            }
            from = to + 1;
        }
        return parameters;
    }
}
