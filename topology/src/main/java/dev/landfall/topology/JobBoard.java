package dev.landfall.topology;

import dev.landfall.model.ClusterMap;
import dev.landfall.model.ClusterView;
import dev.landfall.model.JobSpec;
import dev.landfall.model.Json;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The progress of all jobs, as the nodes report it on the results topic; read from the beginning, in the background. */
final class JobBoard implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JobBoard.class);
    private static final int MAX_JOBS = 10_000;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration FIRST_TIMEOUT = Duration.ofMillis(100);

    private final String topic;
    private final int partitions;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread thread;
    private final LinkedHashMap<String, Map<String, JobProgress>> byJob = new LinkedHashMap<>();
    private volatile boolean closed;
    private volatile boolean caughtUp;

    private JobBoard(String topic, int partitions, KafkaConsumer<byte[], byte[]> consumer) {
        this.topic = topic;
        this.partitions = partitions;
        this.consumer = consumer;
        this.thread = Thread.ofPlatform().daemon().name("landfall-job-board").unstarted(this::run);
    }

    static JobBoard start(String topic, int partitions, KafkaConsumer<byte[], byte[]> consumer) {
        var board = new JobBoard(topic, partitions, consumer);
        board.thread.start();
        return board;
    }

    private void run() {
        List<TopicPartition> all = IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
        consumer.assign(all);
        consumer.seekToBeginning(all);
        boolean troubled = false;
        Map<TopicPartition, Long> ends = Map.of();
        while (!closed) {
            try {
                if (!caughtUp) {
                    ends = ends.isEmpty() ? consumer.endOffsets(all, TIMEOUT) : ends;
                    caughtUp = hasReached(ends);
                }
                consumer.poll(caughtUp ? TIMEOUT : FIRST_TIMEOUT).forEach(this::note);
                troubled = false;
            } catch (WakeupException e) {
                // Closed.
            } catch (OffsetOutOfRangeException e) {
                consumer.seekToBeginning(e.offsetOutOfRangePartitions().keySet());
            } catch (KafkaException e) {
                if (!troubled) {
                    LOG.warn("Reading {} does not work; trying again until it does: {}", topic, e.toString());
                }
                troubled = true;
                java.util.concurrent.locks.LockSupport.parkNanos(1_000_000_000);
            }
        }
        consumer.close(CloseOptions.timeout(Duration.ofMillis(500)));
    }

    private boolean hasReached(Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey(), TIMEOUT) >= end.getValue());
    }

    /** Whether all that was said before the start has been read. */
    boolean isCaughtUp() {
        return caughtUp;
    }

    private void note(ConsumerRecord<byte[], byte[]> record) {
        Header kind = record.headers().lastHeader(ItemWorker.KIND_HEADER);
        if (kind == null || !new String(kind.value(), java.nio.charset.StandardCharsets.UTF_8).equals("job")) {
            return;
        }
        try {
            note(Json.read(record.value(), JobProgress.class));
        } catch (RuntimeException e) {
            LOG.error(
                    "Passed over a record of {} that is not the progress of a job, at offset {}",
                    topic,
                    record.offset(),
                    e);
        }
    }

    private synchronized void note(JobProgress progress) {
        byJob.computeIfAbsent(progress.job(), id -> new TreeMap<>()).put(progress.node(), progress);
        if (byJob.size() > MAX_JOBS) {
            byJob.remove(byJob.firstEntry().getKey());
        }
    }

    /** What a node has said last of its share; null when it has said nothing yet. */
    synchronized @Nullable JobProgress last(String job, String node) {
        return byJob.getOrDefault(job, Map.of()).get(node);
    }

    private synchronized Map<String, JobProgress> of(String job) {
        return Map.copyOf(byJob.getOrDefault(job, Map.of()));
    }

    /** What the API says of a job. */
    static Map<String, Object> status(JobSpec job, ClusterView view, @Nullable JobBoard board) {
        Map<String, JobProgress> known = board == null ? Map.of() : board.of(job.id());
        ClusterMap map = view.map();
        var targets = new TreeMap<String, Object>();
        if (map != null) {
            map.owners().forEach(owner -> targets.putIfAbsent(owner.node(), Map.of("state", JobState.RUNNING)));
        }
        targets.putAll(known);
        boolean open = targets.size() > known.size()
                || known.values().stream().anyMatch(progress -> progress.state() == JobState.RUNNING);
        boolean failed = known.values().stream().anyMatch(progress -> progress.state() == JobState.FAILED);
        JobState state = failed ? JobState.FAILED : JobState.DONE;
        if (open) {
            state = job.cancelled() ? JobState.CANCELLING : JobState.RUNNING;
        } else if (known.values().stream().anyMatch(progress -> progress.state() == JobState.CANCELLED)) {
            state = JobState.CANCELLED;
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", job.id());
        json.put("kind", job.kind());
        json.put("args", job.args());
        json.put("created", job.created().toString());
        json.put("state", state);
        json.put("objects", sum(known, JobProgress::objects));
        json.put("bytes", sum(known, JobProgress::bytes));
        json.put("skipped", sum(known, JobProgress::skipped));
        json.put("ignored", sum(known, JobProgress::ignored));
        json.put("failed", sum(known, JobProgress::failed));
        json.put("targets", targets);
        return json;
    }

    private static long sum(Map<String, JobProgress> known, java.util.function.ToLongFunction<JobProgress> part) {
        return known.values().stream().collect(Collectors.summingLong(part));
    }

    @Override
    public void close() {
        closed = true;
        consumer.wakeup();
        try {
            thread.join(Duration.ofSeconds(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
