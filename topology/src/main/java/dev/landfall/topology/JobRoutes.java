package dev.landfall.topology;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landfall.ingest.Call;
import dev.landfall.ingest.ObjectRouter;
import dev.landfall.ingest.Routes;
import dev.landfall.model.ClusterCommand;
import dev.landfall.model.ErrorCode;
import dev.landfall.model.JobSpec;
import dev.landfall.model.Json;
import dev.landfall.model.LandfallException;
import dev.landfall.model.TimeSource;
import dev.landfall.placement.Cluster;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** {@code /api/v1/jobs}. */
final class JobRoutes {
    private static final int MAX_BODY = 64 << 10;

    private final Cluster cluster;
    private final ObjectRouter router;
    private final Jobs jobs;
    private final TimeSource time;

    JobRoutes(Cluster cluster, ObjectRouter router, Jobs jobs, TimeSource time) {
        this.cluster = cluster;
        this.router = router;
        this.jobs = jobs;
        this.time = time;
    }

    void addTo(Routes routes) {
        routes.add("POST", "/api/v1/jobs", this::create);
        routes.add("GET", "/api/v1/jobs", this::list);
        routes.add("GET", "/api/v1/jobs/{id}", this::show);
        routes.add("DELETE", "/api/v1/jobs/{id}", this::cancel);
        routes.add("POST", "/api/v1/jobs/{id}/retry", this::retry);
    }

    private void create(Call call) {
        JsonNode body = Json.strict(call.body(MAX_BODY), JsonNode.class);
        if (!(body instanceof ObjectNode args) || !body.path("kind").isTextual()) {
            throw new LandfallException(
                    ErrorCode.INVALID_ARGUMENT,
                    "A job is a JSON object with a \"kind\", for example {\"kind\": \"promote\"}");
        }
        String kind = args.remove("kind").textValue();
        create(call, kind, args);
    }

    private void create(Call call, String kind, JsonNode args) {
        JsonNode checked = jobs.kind(kind).check(args, cluster.view());
        var job = new JobSpec(newId(), kind, checked, time.now(), false);
        router.submit(new ClusterCommand.CreateJob(job));
        call.reply(202, Map.of("id", job.id()));
    }

    /** Ids sort by the time they were made, roughly. */
    private String newId() {
        return Long.toHexString(time.now().toEpochMilli()) + "-"
                + String.format("%08x", ThreadLocalRandom.current().nextInt());
    }

    private void list(Call call) {
        List<Map<String, Object>> all = cluster.view().jobs().values().stream()
                .sorted(Comparator.comparing(JobSpec::created).thenComparing(JobSpec::id))
                .map(jobs::status)
                .toList();
        call.reply(200, Map.of("jobs", all));
    }

    private void show(Call call) {
        call.reply(200, jobs.status(find(call)));
    }

    private void cancel(Call call) {
        router.submit(new ClusterCommand.CancelJob(find(call).id()));
        call.reply(200, jobs.status(find(call)));
    }

    /** A new job with the same arguments. */
    private void retry(Call call) {
        JobSpec job = find(call);
        Object state = jobs.status(job).get("state");
        if (state != JobState.FAILED && state != JobState.CANCELLED) {
            throw new LandfallException(
                    ErrorCode.INVALID_ARGUMENT,
                    "The job " + job.id() + " has neither failed nor been cancelled, so there is nothing to try again");
        }
        create(call, job.kind(), job.args());
    }

    private JobSpec find(Call call) {
        String id = call.path("id");
        JobSpec job = cluster.view().jobs().get(id);
        if (job == null) {
            throw new LandfallException(ErrorCode.NO_SUCH_JOB, "The job " + id + " does not exist");
        }
        return job;
    }
}
