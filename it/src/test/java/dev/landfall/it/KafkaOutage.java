package dev.landfall.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Kafka away under load: nothing that a user does with objects notices, and afterwards no event is missing or out of order. */
final class KafkaOutage {
    private static final Duration PERIOD = Duration.ofMillis(20);

    private KafkaOutage() {}

    static void run(TestCluster cluster, Duration outage) {
        Api api = cluster.api(0);
        api.bucket("outage", "{}");
        // Keys of the nodes that stay up; the third is killed and comes back meanwhile.
        List<String> names = List.of(
                cluster.nameOwnedBy(0, "outage", "a"),
                cluster.nameOwnedBy(0, "outage", "b"),
                cluster.nameOwnedBy(1, "outage", "c"),
                cluster.nameOwnedBy(1, "outage", "d"));
        String kept = cluster.nameOwnedBy(2, "outage", "kept");
        byte[] keptBody = Bytes.random(9, 5_000);
        api.put("outage", kept, keptBody).expect(200);

        Map<String, List<String>> generations = new ConcurrentHashMap<>();
        Queue<String> failures = new ConcurrentLinkedQueue<>();
        AtomicInteger count = new AtomicInteger();
        ScheduledExecutorService load = Executors.newScheduledThreadPool(1);
        try {
            load.scheduleAtFixedRate(
                    () -> putOne(api, names, count.getAndIncrement(), generations, failures),
                    0,
                    PERIOD.toMillis(),
                    TimeUnit.MILLISECONDS);
            awaitPuts(count, 20);

            cluster.stopKafka();
            int atStop = count.get();
            cluster.kill9(2);
            cluster.restart(2);
            assertThat(cluster.api(2).get("outage", kept).expect(200).body())
                    .as("served by a node that started without Kafka")
                    .isEqualTo(keptBody);
            assertThat(cluster.api(0).get("outage", kept).expect(200).body()).isEqualTo(keptBody);
            cluster.api(2).put("outage", kept, new byte[1]).expect(200);
            Api.Reply bucket = api.send(
                    "PUT", "/api/v1/buckets/after-outage", "{}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            assertThat(bucket.status()).as(bucket.text()).isEqualTo(503);
            assertThat(bucket.code()).isEqualTo("ClusterUnavailable");
            awaitPuts(count, atStop + (int) outage.dividedBy(PERIOD));

            cluster.startKafka();
            awaitPuts(count, count.get() + 20);
        } finally {
            load.shutdown();
            await().atMost(Duration.ofSeconds(30)).until(load::isTerminated);
        }
        assertThat(failures).as("PUTs that were not answered 200").isEmpty();
        checkEvents(cluster, generations, kept);
        cluster.awaitDecisions();
    }

    private static void checkEvents(TestCluster cluster, Map<String, List<String>> generations, String kept) {
        try (Topic topic = cluster.objects()) {
            await("every event arrives").atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                Map<String, List<Topic.Event>> events = Topic.byKey(topic.read());
                generations.forEach((name, wanted) -> assertThat(events.get("outage/" + name))
                        .extracting(Topic.Event::sequencer)
                        .as("events of %s, in generation order", name)
                        .isEqualTo(wanted));
                assertThat(events.get("outage/" + kept)).hasSize(2);
            });
        }
    }

    private static void putOne(
            Api api, List<String> names, int i, Map<String, List<String>> generations, Queue<String> failures) {
        String name = names.get(i % names.size());
        try {
            Api.Reply reply = api.put("outage", name, Bytes.random(i, 500 + i % 7 * 100));
            if (reply.status() == 200) {
                generations
                        .computeIfAbsent(name, n -> new java.util.concurrent.CopyOnWriteArrayList<>())
                        .add(reply.header("Landfall-Generation"));
            } else {
                failures.add(name + ": " + reply.status() + " " + reply.text());
            }
        } catch (RuntimeException e) {
            failures.add(name + ": " + e);
        }
    }

    private static void awaitPuts(AtomicInteger count, int wanted) {
        await("PUT " + wanted).atMost(Duration.ofSeconds(120)).until(() -> count.get() >= wanted);
    }
}
