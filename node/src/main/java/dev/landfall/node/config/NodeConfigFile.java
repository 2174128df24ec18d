package dev.landfall.node.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.landfall.model.Topics;
import dev.landfall.writeback.RemoteEndpoint;
import dev.landfall.writeback.Secrets;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the file of {@code landfall node --config FILE}. */
public final class NodeConfigFile {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}");
    private static final Pattern REFERENCE = Pattern.compile("(env|file):.+");

    private NodeConfigFile() {}

    /** @throws ConfigException with every problem of the file, and every secret it refers to that is not there */
    public static NodeConfig read(Path file) {
        try {
            return parse(Files.readString(file), file.toString(), Secrets::problem);
        } catch (IOException e) {
            throw new ConfigException(file.toString(), List.of("cannot be read: " + e.getMessage()));
        }
    }

    /** @param secrets says what is wrong with a reference to a secret; null when nothing is */
    static NodeConfig parse(String yaml, String where, Function<String, @Nullable String> secrets) {
        List<String> problems = new ArrayList<>();
        Section root = new Section(tree(yaml, where), "", problems);
        Section node = root.section("node");
        String id = node.required("id", "give the node a name that is its own in the cluster");
        if (!id.isEmpty() && !NAME.matcher(id).matches()) {
            node.problem("id", "must be up to 63 letters, digits, dots, dashes and underscores");
        }
        node.refuseUnknown();
        String data = root.required("data", "name a directory on a local disk");
        List<String> mountpaths = root.texts("mountpaths");
        if (new LinkedHashSet<>(mountpaths).size() < mountpaths.size()) {
            root.problem("mountpaths", "names a directory twice");
        }
        Listen http = listen(root.section("http"), 8080);
        Listen peer = listen(root.section("peer"), 8081);
        Listen s3 = root.has("s3") ? listen(root.section("s3"), 8082) : null;
        TlsSettings tls = root.has("tls") ? tls(root.section("tls")) : null;
        AuthSettings auth = auth(root.section("auth"), secrets);
        if (http.port() != 0 && http.port() == peer.port()) {
            root.problem("peer.port", "must differ from http.port");
        }
        Section kafkaSection = root.section("kafka");
        Map<String, String> kafka = kafkaSection.all();
        if (!kafka.containsKey("bootstrap.servers")) {
            kafkaSection.problem("bootstrap.servers", "is missing; name the Kafka brokers, host:port");
        }
        Section topicsSection = root.section("topics");
        String prefix = topicsSection.text("prefix", Topics.DEFAULT.prefix());
        if (!NAME.matcher(prefix).matches()) {
            topicsSection.problem("prefix", "must be letters, digits, dots, dashes and underscores");
        }
        topicsSection.refuseUnknown();
        ClusterConfig cluster = cluster(root.section("cluster"), id);
        Map<String, RemoteEndpoint> remotes = new LinkedHashMap<>();
        root.sections("remotes").forEach((name, section) -> remotes.put(name, remote(name, section, secrets)));
        List<Path> roots = new ArrayList<>();
        for (String promoteRoot : root.texts("promoteRoots")) {
            Path path = Path.of(promoteRoot);
            roots.add(path);
            if (!path.isAbsolute()) {
                root.problem("promoteRoots", promoteRoot + " must be an absolute path");
            }
        }
        boolean allowExec = root.flag("allowExec", false);
        LimitsConfig limits = limits(root.section("limits"));
        root.refuseUnknown();
        if (!problems.isEmpty()) {
            throw new ConfigException(where, problems);
        }
        return new NodeConfig(
                id,
                Path.of(data),
                mountpaths.stream().map(Path::of).toList(),
                http,
                s3,
                peer,
                tls,
                auth,
                kafka,
                new Topics(prefix),
                cluster,
                remotes,
                roots,
                allowExec,
                limits);
    }

    private static JsonNode tree(String yaml, String where) {
        try {
            return new YAMLMapper().readTree(yaml);
        } catch (JsonProcessingException e) {
            String line =
                    e.getLocation() == null ? "" : "line " + e.getLocation().getLineNr() + ": ";
            throw new ConfigException(
                    where,
                    List.of(line + "is not YAML: "
                            + e.getOriginalMessage().lines().findFirst().orElse("")));
        }
    }

    private static Listen listen(Section section, int port) {
        var listen = new Listen(
                section.text("host", "127.0.0.1"),
                section.number("port", port, 0, 65_535),
                section.text("advertise", "").isEmpty() ? null : section.uri("advertise", ""));
        section.refuseUnknown();
        return listen;
    }

    private static TlsSettings tls(Section section) {
        var tls = new TlsSettings(
                Path.of(section.required("certificate", "name the PEM file of the certificate and those above it")),
                Path.of(section.required("key", "name the PEM file of the certificate's key")));
        section.refuseUnknown();
        return tls;
    }

    private static AuthSettings auth(Section section, Function<String, @Nullable String> secrets) {
        String secret = section.has("secret") ? reference(section, "secret", secrets) : null;
        boolean required = section.flag("required", false);
        if (required && secret == null) {
            section.problem("secret", "is missing; without it nodes cannot tell each other from strangers");
        }
        boolean hasAdmin = section.has("admin");
        Section admin = section.section("admin");
        var auth = new AuthSettings(
                secret,
                hasAdmin ? reference(admin, "accessKey", secrets) : null,
                hasAdmin ? reference(admin, "secretKey", secrets) : null,
                required,
                new LinkedHashSet<>(section.texts("anonymousRead")));
        admin.refuseUnknown();
        section.refuseUnknown();
        return auth;
    }

    private static ClusterConfig cluster(Section section, String id) {
        List<String> targets = section.texts("initialTargets");
        if (new LinkedHashSet<>(targets).size() < targets.size()) {
            section.problem("initialTargets", "names a node twice");
        }
        var cluster = new ClusterConfig(
                section.number("partitions", 128, 1, 65_536),
                (short) section.number("replication", 1, 1, 16),
                targets.isEmpty() ? List.of(id) : targets);
        section.refuseUnknown();
        return cluster;
    }

    private static RemoteEndpoint remote(String name, Section section, Function<String, @Nullable String> secrets) {
        URI endpoint = section.uri("endpoint", "name the URL of the S3 endpoint");
        var remote = new RemoteEndpoint(
                name,
                endpoint == null ? URI.create("http://invalid") : endpoint,
                section.text("region", "us-east-1"),
                section.flag("pathStyle", false),
                reference(section, "accessKey", secrets),
                reference(section, "secretKey", secrets),
                section.duration("attemptTimeout", Duration.ofSeconds(60)));
        section.refuseUnknown();
        return remote;
    }

    /** A secret is never in the file itself. */
    private static String reference(Section section, String key, Function<String, @Nullable String> secrets) {
        String value = section.required(key, "refer to it with env:NAME or file:PATH");
        if (!value.isEmpty() && !REFERENCE.matcher(value).matches()) {
            section.problem(key, "must be env:NAME or file:PATH; a secret does not belong in this file");
        } else if (!value.isEmpty()) {
            String problem = secrets.apply(value);
            if (problem != null) {
                section.problem(key, problem);
            }
        }
        return value;
    }

    private static LimitsConfig limits(Section section) {
        LimitsConfig otherwise = LimitsConfig.DEFAULT;
        var limits = new LimitsConfig(
                section.number("uploads", otherwise.uploads(), 1, 4096),
                section.duration("sweepInterval", otherwise.sweepInterval()),
                section.size("dirtyBytes", otherwise.dirtyBytes()),
                section.duration("dirtyAge", otherwise.dirtyAge()),
                section.duration("drain", otherwise.drain()));
        section.refuseUnknown();
        return limits;
    }
}
