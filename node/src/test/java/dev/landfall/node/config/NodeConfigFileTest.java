package dev.landfall.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeConfigFileTest {
    @TempDir
    Path dir;

    private static final String GOOD = """
            node: {id: n1}
            data: /var/lib/landfall
            http: {host: 127.0.0.1, port: 8080}
            peer: {port: 8091, advertise: http://proxy:81}
            kafka:
              bootstrap.servers: localhost:9092
              security.protocol: SASL_SSL
              sasl.jaas.config: secret-in-here
            cluster: {partitions: 64, initialTargets: [n1, n2]}
            remotes:
              default:
                endpoint: https://s3.eu-central-1.amazonaws.com
                region: eu-central-1
                accessKey: env:S3_ACCESS_KEY
                secretKey: file:/etc/landfall/s3-secret
            promoteRoots: [/data]
            limits: {uploads: 8, dirtyBytes: 2GiB, dirtyAge: 5m}
            """;

    @Test
    void readsEverySectionAndFillsInTheRest() {
        NodeConfig config = NodeConfigFile.parse(GOOD, "f", secret -> null);
        assertThat(config.id()).isEqualTo("n1");
        assertThat(config.mountpaths()).containsExactly(Path.of("/var/lib/landfall/objects"));
        assertThat(config.peer()).isEqualTo(new Listen("127.0.0.1", 8091, URI.create("http://proxy:81")));
        assertThat(config.kafka()).containsEntry("security.protocol", "SASL_SSL");
        assertThat(config.cluster()).isEqualTo(new ClusterConfig(64, (short) 1, List.of("n1", "n2")));
        assertThat(config.remotes().get("default").accessKey()).isEqualTo("env:S3_ACCESS_KEY");
        assertThat(config.limits().dirtyBytes()).isEqualTo(2L << 30);
        assertThat(config.limits().dirtyAge()).isEqualTo(Duration.ofMinutes(5));
        assertThat(config.limits().drain()).isEqualTo(LimitsConfig.DEFAULT.drain());
        assertThat(config.allowExec()).isFalse();
        assertThat(config.toString()).doesNotContain("secret-in-here");
    }

    @Test
    void tlsNeedsBothFiles() {
        NodeConfig config = NodeConfigFile.parse(
                GOOD + "tls: {certificate: /etc/landfall/server.crt, key: /etc/landfall/server.key}\n",
                "f",
                secret -> null);
        assertThat(config.tls())
                .isEqualTo(new TlsSettings(Path.of("/etc/landfall/server.crt"), Path.of("/etc/landfall/server.key")));
        assertThat(NodeConfigFile.parse(GOOD, "f", secret -> null).tls()).isNull();
        ConfigException missing = catchThrowableOfType(
                ConfigException.class,
                () -> NodeConfigFile.parse(GOOD + "tls: {certificate: x, colour: 1}\n", "f", secret -> null));
        assertThat(missing).hasMessageContaining("tls.key: is missing").hasMessageContaining("tls.colour");
    }

    @Test
    void optionsOfTheCommandAddToTheFile() {
        NodeConfig config = NodeConfigFile.parse(GOOD, "f", secret -> null);
        NodeConfig more = config.allowing(List.of(Path.of("/inbox/../in"), Path.of("/data")), true);
        assertThat(more.promoteRoots()).containsExactly(Path.of("/data"), Path.of("/in"));
        assertThat(more.allowExec()).isTrue();
        assertThat(more.allowing(List.of(), false).allowExec()).isTrue();
        assertThat(config.allowing(List.of(), false)).isEqualTo(config);
    }

    @Test
    void namesEveryProblemAtOnceWithItsPath() {
        String bad = """
                node: {}
                http: {port: 99999, prot: 1}
                kafka: {}
                remotes: {default: {endpoint: nowhere, accessKey: AKIA123, secretKey: env:X}}
                promoteRoots: [relative]
                allowExec: maybe
                limits: {dirtyAge: soon}
                quota: 3
                """;
        var e = catchThrowableOfType(ConfigException.class, () -> NodeConfigFile.parse(bad, "f", secret -> null));
        assertThat(e.problems().stream().map(p -> p.substring(0, p.indexOf(':'))))
                .containsExactlyInAnyOrder(
                        "node.id",
                        "data",
                        "http.port",
                        "http.prot",
                        "kafka.bootstrap.servers",
                        "remotes.default.endpoint",
                        "remotes.default.accessKey",
                        "promoteRoots",
                        "allowExec",
                        "limits.dirtyAge",
                        "quota");
        assertThat(e).hasMessageNotContaining("AKIA123");
    }

    @Test
    void saysWhereTheFileIsNotYaml() {
        var e = catchThrowableOfType(
                ConfigException.class, () -> NodeConfigFile.parse("a: [1\nb: 2\n", "f.yaml", secret -> null));
        assertThat(e).hasMessageContaining("f.yaml").hasMessageContaining("line 2");
    }

    @Test
    void namesEverySecretThatIsNotThere() throws IOException {
        Path empty = Files.createFile(dir.resolve("empty"));
        Path there = Files.writeString(dir.resolve("there"), "a-secret\n");
        Path file =
                Files.writeString(dir.resolve("n1.yaml"), """
                node: {id: n1}
                data: /var/lib/landfall
                kafka: {bootstrap.servers: localhost:9092}
                auth: {secret: "file:%s"}
                remotes:
                  default: {endpoint: https://s3.example.org, accessKey: env:LANDFALL_NOT_SET, secretKey: "file:%s"}
                  other: {endpoint: https://s3.example.org, accessKey: "file:%s", secretKey: "file:%s"}
                """.formatted(dir.resolve("absent"), empty, there, there));

        var e = catchThrowableOfType(ConfigException.class, () -> NodeConfigFile.read(file));

        assertThat(e.problems())
                .containsExactlyInAnyOrder(
                        "auth.secret: the file " + dir.resolve("absent") + " cannot be read",
                        "remotes.default.accessKey: the environment variable LANDFALL_NOT_SET is not set",
                        "remotes.default.secretKey: the file " + empty + " is empty");
    }
}
