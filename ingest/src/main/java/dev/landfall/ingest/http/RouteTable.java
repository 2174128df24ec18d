package dev.landfall.ingest.http;

import dev.landfall.ingest.Routes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** The routes of one door. Matches the path as it was sent: parameters are decoded afterwards, so that {@code %2F} splits nothing. */
public final class RouteTable implements Routes {
    /** What serves a route. Runs on a worker thread and must reply. */
    @FunctionalInterface
    public interface Endpoint {
        void handle(HttpCall call) throws Exception;
    }

    /** What may be served on the I/O thread of the connection, where nothing may wait for anybody but the disk. */
    public interface QuickEndpoint extends Endpoint {
        /**
         * Replies, or begins to take the body with {@link HttpCall#receive}. Does nothing and returns false when that would have to wait:
         * then {@link #handle} is called on a worker, and likewise when this throws.
         */
        boolean quick(HttpCall call) throws Exception;
    }

    /** What a path and method lead to. */
    public sealed interface Match {
        /** @param parameters as sent, not decoded */
        record Found(Endpoint endpoint, Map<String, String> parameters, String template) implements Match {}

        record WrongMethod(Set<String> allowed) implements Match {}

        record Nothing() implements Match {}
    }

    private record Route(
            String method,
            String template,
            List<String> segments,
            @Nullable String rest,
            Endpoint endpoint) {}

    private final List<Route> routes = new CopyOnWriteArrayList<>();

    @Override
    public void add(String method, String template, Handler handler) {
        endpoint(method, template, handler::handle);
    }

    /** @param method {@code *} for every one */
    public void endpoint(String method, String template, Endpoint endpoint) {
        if (!template.startsWith("/")) {
            throw new IllegalArgumentException("A template begins with a slash: " + template);
        }
        if (routes.stream().anyMatch(r -> r.method.equals(method) && r.template.equals(template))) {
            throw new IllegalArgumentException(method + " " + template + " is there already");
        }
        List<String> segments = new ArrayList<>(List.of(template.substring(1).split("/")));
        String last = segments.getLast();
        String rest = null;
        if (last.startsWith("{") && last.endsWith("...}")) {
            rest = last.substring(1, last.length() - 4);
            segments.removeLast();
        }
        routes.add(new Route(method, template, List.copyOf(segments), rest, endpoint));
    }

    /** What the routes are, each once. */
    public List<String> templates() {
        return routes.stream().map(Route::template).distinct().toList();
    }

    /** @param path as sent, without the query */
    public Match match(String method, String path) {
        Set<String> allowed = new TreeSet<>();
        for (Route route : routes) {
            Map<String, String> parameters = parameters(route, path);
            if (parameters != null) {
                if (route.method.equals(method) || route.method.equals("*")) {
                    return new Match.Found(route.endpoint, parameters, route.template);
                }
                allowed.add(route.method);
            }
        }
        return allowed.isEmpty() ? new Match.Nothing() : new Match.WrongMethod(allowed);
    }

    private static @Nullable Map<String, String> parameters(Route route, String path) {
        if (!path.startsWith("/")) {
            return null;
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        int from = 1;
        for (int i = 0; i < route.segments.size(); i++) {
            boolean last = i == route.segments.size() - 1 && route.rest == null;
            int slash = path.indexOf('/', from);
            if (last != slash < 0) {
                return null;
            }
            String segment = path.substring(from, last ? path.length() : slash);
            String wanted = route.segments.get(i);
            if (wanted.startsWith("{")) {
                if (segment.isEmpty()) {
                    return null;
                }
                parameters.put(wanted.substring(1, wanted.length() - 1), segment);
            } else if (!wanted.equals(segment)) {
                return null;
            }
            from = slash + 1;
        }
        if (route.rest != null) {
            parameters.put(route.rest, path.substring(from));
        }
        return parameters;
    }
}
