package dev.landfall.topology;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landfall.ingest.Call;
import dev.landfall.ingest.ObjectRouter;
import dev.landfall.ingest.Routes;
import dev.landfall.model.BucketSpec;
import dev.landfall.model.ChangeCause;
import dev.landfall.model.ClusterCommand;
import dev.landfall.model.ClusterMap;
import dev.landfall.model.ClusterView;
import dev.landfall.model.DataFile;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.Generation;
import dev.landfall.model.JobSpec;
import dev.landfall.model.Json;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.model.ObjectRecord;
import dev.landfall.model.TopologyRecord;
import dev.landfall.model.WritebackMode;
import dev.landfall.placement.Cluster;
import dev.landfall.targets.BodyReader;
import dev.landfall.targets.Condition;
import dev.landfall.writeback.ObjectData;
import dev.landfall.writeback.ObjectInfo;
import dev.landfall.writeback.PutOutcome;
import dev.landfall.writeback.PutRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The neighbours of this module, in memory. */
final class Fakes {
    private Fakes() {}

    /** A cluster whose view the test sets. */
    static final class FakeCluster implements Cluster {
        private final String nodeId;
        private final List<Consumer<ClusterView>> listeners = new CopyOnWriteArrayList<>();
        private volatile ClusterView view = ClusterView.EMPTY;

        FakeCluster(String nodeId) {
            this.nodeId = nodeId;
        }

        static ClusterMap map(int partitions, String... owners) {
            return new ClusterMap(
                    1,
                    IntStream.range(0, partitions)
                            .mapToObj(p -> new ClusterMap.Ownership(owners[p % owners.length], 1))
                            .toList());
        }

        synchronized void change(UnaryOperator<ClusterView> how) {
            view = how.apply(view);
            listeners.forEach(listener -> listener.accept(view));
        }

        void map(ClusterMap map) {
            change(v -> new ClusterView(v.offset() + 1, map, nodeId, v.nodes(), v.buckets(), v.topologies(), v.jobs()));
        }

        void bucket(String name) {
            bucket(name, BucketSpec.local());
        }

        void bucket(String name, BucketSpec spec) {
            change(v -> {
                var buckets = new HashMap<>(v.buckets());
                buckets.put(name, spec);
                return new ClusterView(v.offset() + 1, v.map(), nodeId, v.nodes(), buckets, v.topologies(), v.jobs());
            });
        }

        void topology(String name, @Nullable String yaml) {
            change(v -> {
                var topologies = new HashMap<>(v.topologies());
                TopologyRecord old = topologies.remove(name);
                if (yaml != null) {
                    topologies.put(name, new TopologyRecord(name, old == null ? 1 : old.version() + 1, yaml));
                }
                return new ClusterView(v.offset() + 1, v.map(), nodeId, v.nodes(), v.buckets(), topologies, v.jobs());
            });
        }

        void job(JobSpec job) {
            change(v -> {
                var jobs = new HashMap<>(v.jobs());
                jobs.put(job.id(), job);
                return new ClusterView(v.offset() + 1, v.map(), nodeId, v.nodes(), v.buckets(), v.topologies(), jobs);
            });
        }

        @Override
        public String nodeId() {
            return nodeId;
        }

        @Override
        public ClusterView view() {
            return view;
        }

        @Override
        public synchronized void onChange(Consumer<ClusterView> listener) {
            listeners.add(listener);
            listener.accept(view);
        }

        @Override
        public boolean isCoordinator() {
            return true;
        }

        @Override
        public boolean connected() {
            return true;
        }

        @Override
        public void decide(ClusterCommand command) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    /** Sources on disk and outputs in memory, with the rule for outputs that the real store keeps. */
    static final class FakeObjects implements Sources, ObjectRouter {
        record Stored(ObjectRecord record, byte[] bytes) {}

        private final Path directory;
        private final Map<ObjectKey, Generation> sources = new ConcurrentHashMap<>();
        private final Map<ObjectKey, Stored> outputs = new ConcurrentHashMap<>();
        final List<PutRequest> puts = new CopyOnWriteArrayList<>();
        private Consumer<ClusterCommand> submitted = command -> {};
        volatile @Nullable LandfallException putError;

        FakeObjects(Path directory) {
            this.directory = directory;
        }

        void onSubmit(Consumer<ClusterCommand> action) {
            submitted = action;
        }

        void source(String key, long generation, String text) {
            ObjectKey source = ObjectKey.parse(key);
            try {
                Files.writeString(file(source), text);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            sources.put(source, new Generation(generation));
        }

        void removeSource(String key) {
            sources.remove(ObjectKey.parse(key));
        }

        @Nullable
        String output(String key) {
            Stored stored = outputs.get(ObjectKey.parse(key));
            return stored == null ? null : new String(stored.bytes(), StandardCharsets.UTF_8);
        }

        @Nullable
        ObjectRecord outputRecord(String key) {
            Stored stored = outputs.get(ObjectKey.parse(key));
            return stored == null ? null : stored.record();
        }

        int outputs() {
            return outputs.size();
        }

        private Path file(ObjectKey key) {
            return directory.resolve(key.toString().replace('/', '_'));
        }

        @Override
        public boolean isCurrent(ObjectKey key, Generation generation) {
            return generation.equals(sources.get(key));
        }

        @Override
        public @Nullable ObjectData open(ObjectKey key, Generation generation) {
            if (!isCurrent(key, generation)) {
                return null;
            }
            ObjectRecord record = record(key, generation.value(), 0, null);
            return new ObjectData.Local(ObjectInfo.of(record), new BodyReader() {
                @Override
                public ObjectRecord record() {
                    return record;
                }

                @Override
                public void transferTo(long first, long count, Piece piece) {
                    throw new UnsupportedOperationException();
                }

                @Override
                public List<Path> paths() {
                    return List.of(file(key));
                }

                @Override
                public BodyReader keep() {
                    return this;
                }

                @Override
                public void close() {}
            });
        }

        @Override
        public boolean isLocal(ObjectKey key) {
            return true;
        }

        @Override
        public PutOutcome putCopy(ObjectKey key, PutRequest request, ObjectData source) {
            return putFile(
                    key, request, ((ObjectData.Local) source).reader().paths().getFirst());
        }

        @Override
        public synchronized PutOutcome putFile(ObjectKey key, PutRequest request, Path file) {
            if (putError != null) {
                throw putError;
            }
            puts.add(request);
            var condition = (Condition.IfOutput) request.condition();
            Stored present = outputs.get(key);
            if (present != null && !condition.overwrite()) {
                var origin = present.record().origin();
                if (origin == null || !origin.sameSource(condition.origin())) {
                    throw new LandfallException(ErrorCode.OUTPUT_CONFLICT, "The name is taken");
                }
                int age = condition.origin().compareAge(origin);
                if (age <= 0) {
                    return new PutOutcome(
                            age == 0 ? PutOutcome.Kind.ALREADY_STORED : PutOutcome.Kind.SUPERSEDED, present.record());
                }
            }
            try {
                byte[] bytes = Files.readAllBytes(file);
                ObjectRecord record = record(key, puts.size(), bytes.length, condition.origin());
                outputs.put(key, new Stored(record, bytes));
                return new PutOutcome(PutOutcome.Kind.COMMITTED, record);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static ObjectRecord record(
                ObjectKey key, long generation, long size, dev.landfall.model.@Nullable Origin origin) {
            return new ObjectRecord(
                    key,
                    new Generation(generation),
                    false,
                    size,
                    0,
                    "etag",
                    null,
                    Map.of(),
                    Map.of(),
                    Instant.EPOCH,
                    WritebackMode.LOCAL,
                    ChangeCause.CLIENT,
                    List.of(new DataFile(1, size, 0)),
                    null,
                    null,
                    origin);
        }

        @Override
        public void submit(ClusterCommand command) {
            submitted.accept(command);
        }
    }

    /** Calls handlers directly. */
    static final class FakeRoutes implements Routes {
        record Reply(int status, JsonNode json) {}

        private final Map<String, Handler> handlers = new HashMap<>();

        @Override
        public void add(String method, String template, Handler handler) {
            handlers.put(method + " " + template, handler);
        }

        Reply call(String method, String template, Map<String, String> path, String body) {
            List<Reply> replies = new ArrayList<>();
            Call call = new Call() {
                @Override
                public String path(String parameter) {
                    return path.get(parameter);
                }

                @Override
                public @Nullable String query(String parameter) {
                    return null;
                }

                @Override
                public @Nullable String header(String name) {
                    return null;
                }

                @Override
                public byte[] body(int maxBytes) {
                    return body.getBytes(StandardCharsets.UTF_8);
                }

                @Override
                public String requestId() {
                    return "r1";
                }

                @Override
                public void reply(int status, Object json) {
                    replies.add(new Reply(status, Json.mapper().valueToTree(json)));
                }

                @Override
                public void reply(int status, String contentType, byte[] bytes, Map<String, String> headers) {
                    throw new UnsupportedOperationException();
                }
            };
            try {
                handlers.get(method + " " + template).handle(call);
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            return replies.getFirst();
        }
    }
}
