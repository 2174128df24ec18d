package dev.landfall.ingest.http;

import dev.landfall.ingest.peer.PeerClient;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what a web page of another site makes a browser on this machine send: a name that was made to point here ({@code Host}), a
 * request across sites ({@code Origin}), and at the peer door everything that is not from a node.
 */
final class CallerCheck {
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");
    private static final Pattern HOST = Pattern.compile("(\\[[0-9a-fA-F:.]+]|[^:\\[\\]/@]+)(?::[0-9]{0,5})?");
    private static final Pattern ORIGIN = Pattern.compile("https?://(.+)");

    private final boolean isPublic;
    private final boolean strict;
    private final @Nullable String peerKey;
    private final @Nullable String advertised;
    private volatile @Nullable String lastHost;

    /** @param strict whether credentials tell who calls, so that names need not */
    CallerCheck(boolean isPublic, @Nullable String advertised, boolean strict, @Nullable String peerKey) {
        this.isPublic = isPublic;
        this.strict = strict;
        this.peerKey = peerKey;
        String host = advertised == null ? null : URI.create(advertised).getHost();
        this.advertised = host == null ? null : host.toLowerCase(Locale.ROOT);
    }

    /** @throws LandfallException {@code INVALID_ARGUMENT}; {@code ACCESS_DENIED} for a caller that is not one of our nodes */
    void check(HeaderMap headers) {
        if (!strict) {
            checkNames(headers);
        }
        if (isPublic) {
            return;
        }
        String said = headers.getFirst(PeerClient.PEER);
        if (said == null) {
            throw peerKey == null
                    ? refused("This listener is for the nodes of the cluster; use the front door, or send "
                            + PeerClient.PEER + ": 1 as they do")
                    : denied();
        }
        if (peerKey != null
                && !MessageDigest.isEqual(
                        said.getBytes(StandardCharsets.UTF_8), peerKey.getBytes(StandardCharsets.UTF_8))) {
            throw denied();
        }
    }

    private static LandfallException denied() {
        return new LandfallException(
                ErrorCode.ACCESS_DENIED,
                "This listener is for the nodes of the cluster; give every node the same auth.secret");
    }

    private void checkNames(HeaderMap headers) {
        HeaderValues hosts = headers.get(Headers.HOST);
        if (hosts != null && hosts.size() == 1 && hosts.getFirst().equals(lastHost)) {
            hosts = null; // looked at before; clients seldom change the name they use
        }
        if (hosts != null && !hosts.stream().allMatch(this::isOurs)) {
            throw refused("This server is not called by the name in the Host header; use 127.0.0.1, localhost, [::1]"
                    + " or the advertised name");
        }
        if (hosts != null) {
            lastHost = hosts.getLast();
        }
        HeaderValues origins = headers.get(Headers.ORIGIN);
        if (origins != null && !origins.stream().allMatch(this::isOurOrigin)) {
            throw refused("Web pages of other sites may not call this server; the Origin header names one");
        }
    }

    private boolean isOurOrigin(String origin) {
        Matcher match = ORIGIN.matcher(origin.strip());
        return match.matches() && isOurs(match.group(1));
    }

    private boolean isOurs(String hostAndPort) {
        Matcher match = HOST.matcher(hostAndPort.strip());
        if (!match.matches()) {
            return false;
        }
        String host = match.group(1).toLowerCase(Locale.ROOT);
        return LOOPBACK.contains(host) || host.equals(advertised);
    }

    private static LandfallException refused(String why) {
        return new LandfallException(ErrorCode.INVALID_ARGUMENT, why);
    }
}
