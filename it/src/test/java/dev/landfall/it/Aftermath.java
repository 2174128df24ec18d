package dev.landfall.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.assertj.core.api.SoftAssertions;

/** What must hold of a {@link PutLoad} once the server is back: on the server, on S3 and on the topic. */
final class Aftermath {
    private static final Duration SETTLED = Duration.ofSeconds(60);

    private final PutLoad load;
    private final String bucket;
    private final String prefix;

    private record Final(int status, String generation, String md5) {}

    Aftermath(PutLoad load, String bucket) {
        this.load = load;
        this.bucket = bucket;
        this.prefix = load.prefix();
    }

    void check(Api api, Topic topic, S3Side s3, String remoteBucket, String remotePrefix) {
        Map<String, Final> served = served(api);
        SoftAssertions all = new SoftAssertions();
        served.forEach((name, last) -> checkServed(all, name, last));
        all.assertAll();

        api.flush(bucket, SETTLED);
        Map<String, String> onS3 = s3.etags(remoteBucket, remotePrefix + prefix);
        Map<String, String> wanted = new TreeMap<>();
        served.forEach((name, last) -> {
            if (last.status() == 200) {
                wanted.put(remotePrefix + name, last.md5());
            }
        });
        assertThat(onS3).as("objects on S3, by MD5").isEqualTo(wanted);

        await("every answered PUT has its event")
                .atMost(SETTLED)
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(() -> assertThat(eventsOf(topic).entrySet().stream()
                                .flatMap(entry -> entry.getValue().stream())
                                .map(event -> event.name() + "@" + event.sequencer())
                                .collect(Collectors.toSet()))
                        .containsAll(answeredVersions()));
        Map<String, List<Topic.Event>> events = eventsOf(topic);
        SoftAssertions order = new SoftAssertions();
        served.forEach((name, last) -> checkEvents(order, name, last, events.getOrDefault(name, List.of())));
        order.assertThat(events.keySet()).as("names with events").isSubsetOf(served.keySet());
        order.assertAll();
    }

    private void checkServed(SoftAssertions all, String name, Final last) {
        Map<String, PutLoad.Answered> answered = load.answered(name);
        List<PutLoad.Sent> maybe = load.unanswered(name);
        if (last.status() == 404) {
            all.assertThat(answered)
                    .as("answered PUTs of %s, which is gone", name)
                    .isEmpty();
            return;
        }
        all.assertThat(last.status()).as("status of GET %s", name).isEqualTo(200);
        PutLoad.Answered known = answered.get(last.generation());
        if (known != null) {
            all.assertThat(last.md5())
                    .as("bytes of %s", name)
                    .isEqualTo(known.sent().md5());
        } else {
            all.assertThat(maybe.stream().map(PutLoad.Sent::md5))
                    .as("bytes of %s at generation %s, which no answer named", name, last.generation())
                    .contains(last.md5());
        }
        answered.keySet()
                .forEach(generation -> all.assertThat(generation)
                        .as("answered generation of %s", name)
                        .isLessThanOrEqualTo(last.generation()));
    }

    private void checkEvents(SoftAssertions all, String name, Final last, List<Topic.Event> events) {
        List<String> sequencers = events.stream().map(Topic.Event::sequencer).toList();
        all.assertThat(sequencers)
                .as("generations of the events of %s", name)
                .isSorted()
                .doesNotHaveDuplicates();
        if (last.status() == 404) {
            all.assertThat(sequencers)
                    .as("events of %s, which was never committed", name)
                    .isEmpty();
            return;
        }
        // Every commit has an event and every event a commit: the newest of both are the same.
        all.assertThat(sequencers).as("events of %s", name).endsWith(last.generation());
        Map<String, PutLoad.Answered> answered = load.answered(name);
        List<Integer> maybe =
                load.unanswered(name).stream().map(PutLoad.Sent::size).collect(Collectors.toList());
        for (Topic.Event event : events) {
            PutLoad.Answered known = answered.get(event.sequencer());
            if (known != null) {
                all.assertThat(event.size())
                        .as("size in the event of %s", name)
                        .isEqualTo(known.sent().size());
                all.assertThat("\"" + event.eTag() + "\"")
                        .as("ETag in the event of %s", name)
                        .isEqualTo(known.eTag());
            } else {
                all.assertThat(maybe.remove((Integer) (int) event.size()))
                        .as("event of %s at %s, which no PUT explains", name, event.sequencer())
                        .isTrue();
            }
        }
    }

    private List<String> answeredVersions() {
        return load.names().stream()
                .flatMap(name -> load.answered(name).keySet().stream().map(generation -> name + "@" + generation))
                .toList();
    }

    private Map<String, List<Topic.Event>> eventsOf(Topic topic) {
        List<Topic.Event> ours = topic.read(bucket).stream()
                .filter(event -> event.name().startsWith(prefix))
                .toList();
        return Topic.byKey(ours).entrySet().stream()
                .collect(Collectors.toMap(entry -> entry.getKey().substring(bucket.length() + 1), Map.Entry::getValue));
    }

    private Map<String, Final> served(Api api) {
        Map<String, Final> served = new ConcurrentSkipListMap<>();
        try (var threads = Executors.newFixedThreadPool(8)) {
            for (String name : load.names()) {
                threads.submit(() -> {
                    Api.Reply reply = api.get(bucket, name);
                    served.put(
                            name,
                            new Final(reply.status(), reply.header("Landfall-Generation"), Bytes.md5(reply.body())));
                });
            }
        }
        assertThat(served.keySet()).as("names that were read back").isEqualTo(load.names());
        return new TreeMap<>(served);
    }
}
