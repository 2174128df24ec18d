package dev.landfall.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.common.GroupState;

/** One transform that takes long: other keys pass it, nothing rebalances, and a kill in its middle makes it run once more. */
final class TransformRun {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int OTHERS = 100;
    private static final String SLOW = "slow/one";

    private final Path dir;
    private final Path gate;
    private final Path runs;

    private TransformRun(Path dir) {
        this.dir = dir;
        this.gate = dir.resolve("gate");
        this.runs = dir.resolve("runs");
    }

    static void run(Path dir, Duration longRun) throws IOException {
        new TransformRun(dir).run(longRun);
    }

    private void run(Duration longRun) throws IOException {
        // The slow one runs until the gate is there, or its node is gone: a killed node cannot take its children along.
        Path script = Files.writeString(dir.resolve("transform.sh"), """
                echo "$LANDFALL_KEY" >> %s
                case "$LANDFALL_KEY" in
                  */slow/*) until [ -e %s ]; do kill -0 $PPID || exit 1; sleep 0.1; done;;
                esac
                tr a-z A-Z < "$1" > "$2"
                """.formatted(runs, gate));
        String topology = """
                version: 1
                transforms:
                  upper:
                    exec: [sh, %s, "{input}", "{output}"]
                pipelines:
                  shout:
                    from: {bucket: words}
                    via: [upper]
                    to: {bucket: shouts, name: "{name}.up"}
                    concurrency: 4
                """.formatted(script);
        DevProcess dev = DevProcess.start(dir.resolve("dev"), "--targets", "3");
        try {
            Api api = new Api(dev.http()).bucket("words", "{}").bucket("shouts", "{}");
            api.send(
                            "PUT",
                            "/api/v1/topologies/shouting",
                            topology.getBytes(StandardCharsets.UTF_8),
                            "Content-Type",
                            "application/yaml")
                    .expect(200);
            put(api, "warm");
            awaitOutput(api, "warm");

            awaitPlanners(dev.kafka(), Keys.partitions(api.cluster()));
            put(api, SLOW);
            long startedAt = System.nanoTime();
            await("the slow transform runs").atMost(SOON).until(() -> runsOf(SLOW) == 1);
            Map<String, String> groups = groups(dev.kafka());
            List<String> others = others(api);
            others.forEach(name -> put(api, name));
            others.forEach(name -> awaitOutput(api, name));
            await("it has run long enough")
                    .atMost(longRun.plus(SOON))
                    .until(() -> System.nanoTime() - startedAt > longRun.toNanos());

            assertThat(runsOf(SLOW)).as("runs of the slow one").isEqualTo(1);
            api.get("shouts", SLOW + ".up").expect(404);
            assertThat(groups(dev.kafka()))
                    .as("consumer groups, members and epochs")
                    .isEqualTo(groups);

            dev.kill9();
            dev.close();
            dev = DevProcess.start(dir.resolve("dev"), "--targets", "3");
            Api again = new Api(dev.http());
            await("it runs again").atMost(SOON).until(() -> runsOf(SLOW) == 2);
            Files.createFile(gate);
            awaitOutput(again, SLOW);
            check(again, dev.kafka(), others);
        } finally {
            dev.close();
        }
    }

    private void check(Api api, String kafka, List<String> others) {
        List<String> wanted = Stream.concat(others.stream(), Stream.of("warm", SLOW))
                .map(name -> name + ".up")
                .sorted()
                .toList();
        assertThat(api.list("shouts", "")).isEqualTo(wanted);
        try (Topic topic = Topic.open(kafka, Topic.OBJECTS)) {
            await("each output has its one event").atMost(SOON).untilAsserted(() -> {
                Map<String, List<Topic.Event>> events = Topic.byKey(topic.read("shouts"));
                assertThat(events).hasSize(wanted.size());
                assertThat(events)
                        .allSatisfy((key, ofKey) -> assertThat(ofKey).as(key).hasSize(1));
            });
        }
        assertThat(runsOf(SLOW)).isEqualTo(2);
    }

    /** A hundred names, some of them in the slow one's partition. */
    private static List<String> others(Api api) {
        int partitions = Keys.partitions(api.cluster());
        int slow = Keys.partition("words/" + SLOW, partitions);
        Stream<String> near = Stream.iterate(0, i -> i + 1)
                .map(i -> "near-" + i)
                .filter(name -> Keys.partition("words/" + name, partitions) == slow)
                .limit(OTHERS / 5);
        return Stream.concat(near, IntStream.range(0, OTHERS - OTHERS / 5).mapToObj(i -> "other-" + i))
                .toList();
    }

    private static void put(Api api, String name) {
        api.put("words", name, ("text of " + name).getBytes(StandardCharsets.UTF_8))
                .expect(200);
    }

    private static void awaitOutput(Api api, String name) {
        await("output of " + name)
                .atMost(SOON)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> api.head("shouts", name + ".up").status() == 200);
        assertThat(api.get("shouts", name + ".up").expect(200).text())
                .isEqualTo(("text of " + name).toUpperCase(java.util.Locale.ROOT));
    }

    private long runsOf(String name) {
        try (Stream<String> lines = Files.exists(runs) ? Files.lines(runs) : Stream.empty()) {
            return lines.filter(("words/" + name)::equals).count();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** The first output comes from whichever planner was there first; the others join in their own time. */
    private static void awaitPlanners(String bootstrap, int partitions) {
        await("the three planners share the partitions").atMost(SOON).until(() -> {
            ConsumerGroupDescription group = describe(bootstrap).stream()
                    .filter(each -> each.groupId().startsWith("landfall.planner."))
                    .findFirst()
                    .orElseThrow();
            List<Integer> shares = group.members().stream()
                    .map(member -> member.assignment().topicPartitions().size())
                    .toList();
            return group.groupState() == GroupState.STABLE
                    && shares.size() == 3
                    && !shares.contains(0)
                    && shares.stream().mapToInt(Integer::intValue).sum() == partitions;
        });
    }

    /** What a rebalance would change. */
    private static Map<String, String> groups(String bootstrap) {
        return describe(bootstrap).stream()
                .collect(Collectors.toMap(
                        group -> group.groupId(),
                        group -> group.groupEpoch() + " "
                                + new java.util.TreeSet<>(group.members().stream()
                                        .map(member -> member.consumerId() + member.assignment())
                                        .toList()),
                        (a, b) -> a,
                        TreeMap::new));
    }

    private static Collection<ConsumerGroupDescription> describe(String bootstrap) {
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrap))) {
            List<String> ids = admin.listGroups().all().get().stream()
                    .map(GroupListing::groupId)
                    .toList();
            return admin.describeConsumerGroups(ids).all().get().values();
        } catch (java.util.concurrent.ExecutionException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
