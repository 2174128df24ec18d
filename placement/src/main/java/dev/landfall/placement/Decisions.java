package dev.landfall.placement;

import dev.landfall.model.AccessKey;
import dev.landfall.model.BucketName;
import dev.landfall.model.BucketSpec;
import dev.landfall.model.ClusterCommand;
import dev.landfall.model.ClusterMap;
import dev.landfall.model.ClusterMap.Ownership;
import dev.landfall.model.ClusterView;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.JobItem;
import dev.landfall.model.JobSpec;
import dev.landfall.model.LandfallException;
import dev.landfall.model.NodeInfo;
import dev.landfall.model.RemoteLocation;
import dev.landfall.model.TopologyRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rules of the cluster: what a command changes in a state. No I/O. */
final class Decisions {
    static final int MAX_JOBS = 1_000;
    static final int MAX_KEYS = 1_000;
    /** Of one node. */
    static final int MAX_FORMER_STORES = 16;

    static final Duration JOB_AGE = Duration.ofDays(7);
    /** Below Kafka's default limit of a message, with room for the record around it. */
    static final int MAX_VALUE_BYTES = 900_000;

    /** Topologies name topics, jobs name keys. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
    /** {@code landfall.work.jobs} is the topic of the jobs. */
    private static final String RESERVED_TOPOLOGY = "jobs";

    private Decisions() {}

    /** @throws LandfallException with the code of the refusal */
    static Decision decide(ClusterView view, ClusterCommand command, Instant now) {
        Decision decision = switch (command) {
            case ClusterCommand.RegisterNode c -> register(view, c.node());
            case ClusterCommand.CreateBucket c -> createBucket(view, c.name(), c.spec());
            case ClusterCommand.DeleteBucket c -> {
                view.bucket(c.name());
                yield Decision.of(Change.delete(Change.BUCKET + c.name()));
            }
            case ClusterCommand.ApplyTopology c -> applyTopology(view, c.name(), c.yaml());
            case ClusterCommand.DeleteTopology c -> deleteTopology(view, c.name());
            case ClusterCommand.CreateJob c -> createJob(view, c.job(), now);
            case ClusterCommand.CancelJob c -> cancelJob(view, c.id());
            case ClusterCommand.CreateKey c -> createKey(view, c.key());
            case ClusterCommand.DeleteKey c -> deleteKey(view, c.id());
        };
        for (Change change : decision.changes()) {
            if (change.value() != null && change.value().length > MAX_VALUE_BYTES) {
                throw new LandfallException(
                        ErrorCode.ENTITY_TOO_LARGE,
                        "The cluster keeps at most " + MAX_VALUE_BYTES + " bytes under " + change.key()
                                + "; make it smaller");
            }
        }
        return decision;
    }

    private static Decision register(ClusterView view, NodeInfo registered) {
        NodeInfo before = view.nodes().get(registered.id());
        if (before != null && before.hasDisplaced(registered.storeId())) {
            throw new LandfallException(
                    ErrorCode.INVALID_ARGUMENT,
                    "The node " + before.id() + " came with the store " + registered.storeId()
                            + ", which its newer store " + before.storeId()
                            + " has replaced; start it with the newer store, or with an empty directory");
        }
        boolean newStore = before != null && !before.storeId().equals(registered.storeId());
        NodeInfo node = registered.withFormerStores(formerStores(before, newStore));
        if (node.equals(before)) {
            return Decision.NONE;
        }
        Change written = Change.set(Change.NODE + node.id(), node);
        ClusterMap map = view.map();
        if (!newStore || map == null || map.partitionsOf(node.id()).isEmpty()) {
            return Decision.of(written);
        }
        // Its index is gone, and with it the counters: generations go on in a new epoch.
        List<Ownership> owners = map.owners().stream()
                .map(owner -> owner.node().equals(node.id()) ? new Ownership(owner.node(), owner.epoch() + 1) : owner)
                .toList();
        return Decision.of(written, Change.set(Change.MAP, new ClusterMap(map.version() + 1, owners)));
    }

    private static List<String> formerStores(@Nullable NodeInfo before, boolean newStore) {
        if (before == null || !newStore) {
            return before == null ? List.of() : before.formerStores();
        }
        List<String> stores = new ArrayList<>(before.formerStores());
        stores.add(before.storeId());
        return stores.subList(Math.max(0, stores.size() - MAX_FORMER_STORES), stores.size());
    }

    private static Decision createBucket(ClusterView view, BucketName name, BucketSpec spec) {
        BucketSpec before = view.buckets().get(name.value());
        if (before != null && before.declaresTheSameAs(spec)) {
            return Decision.NONE;
        }
        if (before != null) {
            throw new LandfallException(
                    ErrorCode.BUCKET_EXISTS,
                    "The bucket " + name
                            + " exists with another specification; choose another name, or delete the bucket first");
        }
        RemoteLocation location = spec.location();
        if (location != null) {
            view.buckets().forEach((other, theirs) -> {
                RemoteLocation taken = theirs.location();
                if (taken != null && Objects.equals(endpoint(theirs), endpoint(spec)) && taken.overlaps(location)) {
                    throw new LandfallException(
                            ErrorCode.REMOTE_OVERLAP,
                            "The remote " + location + " of the bucket " + name + " overlaps with " + taken
                                    + " of the bucket " + other + "; choose a prefix that is not above or below it");
                }
            });
        }
        return Decision.of(Change.set(Change.BUCKET + name, spec));
    }

    private static @Nullable String endpoint(BucketSpec spec) {
        return spec.writeback() == null ? null : spec.writeback().endpoint();
    }

    private static Decision applyTopology(ClusterView view, String name, String yaml) {
        if (!NAME.matcher(name).matches() || name.equals(RESERVED_TOPOLOGY)) {
            throw new LandfallException(
                    ErrorCode.INVALID_TOPOLOGY,
                    "A topology's name has 1 to 100 letters, digits, dots, dashes and underscores, begins with a letter or digit, and is"
                            + " not \"" + RESERVED_TOPOLOGY + "\"");
        }
        TopologyRecord before = view.topologies().get(name);
        if (before != null && before.yaml().equals(yaml)) {
            return Decision.NONE;
        }
        var record = new TopologyRecord(name, before == null ? 1 : before.version() + 1, yaml);
        return new Decision(List.of(Change.set(Change.TOPOLOGY + name, record)), List.of(), name);
    }

    private static Decision deleteTopology(ClusterView view, String name) {
        if (!view.topologies().containsKey(name)) {
            throw new LandfallException(
                    ErrorCode.NO_SUCH_TOPOLOGY,
                    "The topology " + name + " does not exist; list the topologies to see their names");
        }
        return Decision.of(Change.delete(Change.TOPOLOGY + name));
    }

    private static Decision createJob(ClusterView view, JobSpec job, Instant now) {
        if (!NAME.matcher(job.id()).matches()) {
            throw new LandfallException(
                    ErrorCode.INVALID_ARGUMENT,
                    "A job's id has 1 to 100 letters, digits, dots, dashes and underscores");
        }
        JobSpec before = view.jobs().get(job.id());
        if (job.equals(before)) {
            return Decision.NONE;
        }
        if (before != null) {
            throw new LandfallException(
                    ErrorCode.INVALID_ARGUMENT, "Another job has the id " + job.id() + "; choose a new one");
        }
        List<Change> changes = new ArrayList<>();
        changes.add(Change.set(Change.JOB + job.id(), job));
        expired(view, now).forEach(old -> changes.add(Change.delete(Change.JOB + old.id())));

        ClusterMap map = view.requireMap();
        Map<String, Integer> targets = new LinkedHashMap<>();
        for (int p = 0; p < map.partitions(); p++) {
            targets.putIfAbsent(map.owners().get(p).node(), p);
        }
        List<Decision.Item> items = targets.entrySet().stream()
                .map(target -> new Decision.Item(target.getValue(), new JobItem(job, target.getKey())))
                .toList();
        return new Decision(changes, items, null);
    }

    /** The jobs that a new one pushes out: those older than a week, and the oldest above the limit. */
    private static List<JobSpec> expired(ClusterView view, Instant now) {
        List<JobSpec> newestFirst = view.jobs().values().stream()
                .sorted(Comparator.comparing(JobSpec::created)
                        .thenComparing(JobSpec::id)
                        .reversed())
                .toList();
        Instant limit = now.minus(JOB_AGE);
        List<JobSpec> expired = new ArrayList<>();
        for (int i = 0; i < newestFirst.size(); i++) {
            if (i >= MAX_JOBS - 1 || newestFirst.get(i).created().isBefore(limit)) {
                expired.add(newestFirst.get(i));
            }
        }
        return expired;
    }

    private static Decision cancelJob(ClusterView view, String id) {
        JobSpec job = view.jobs().get(id);
        if (job == null) {
            throw new LandfallException(
                    ErrorCode.NO_SUCH_JOB, "The job " + id + " does not exist; list the jobs to see their ids");
        }
        if (job.cancelled()) {
            return Decision.NONE;
        }
        return Decision.of(
                Change.set(Change.JOB + id, new JobSpec(job.id(), job.kind(), job.args(), job.created(), true)));
    }

    private static Decision createKey(ClusterView view, AccessKey key) {
        AccessKey before = view.keys().get(key.id());
        if (key.equals(before)) {
            return Decision.NONE;
        }
        if (before != null) {
            throw new LandfallException(
                    ErrorCode.INVALID_ARGUMENT,
                    "The access key " + key.id() + " exists; choose another name, or remove it first");
        }
        if (view.keys().size() >= MAX_KEYS) {
            throw new LandfallException(
                    ErrorCode.INVALID_ARGUMENT, "The cluster keeps at most " + MAX_KEYS + " keys; remove one first");
        }
        return Decision.of(Change.set(Change.KEY + key.id(), key));
    }

    private static Decision deleteKey(ClusterView view, String id) {
        if (!view.keys().containsKey(id)) {
            throw new LandfallException(
                    ErrorCode.NO_SUCH_ACCESS_KEY,
                    "The access key " + id + " does not exist; list the keys to see them");
        }
        return Decision.of(Change.delete(Change.KEY + id));
    }
}
