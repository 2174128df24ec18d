package dev.landfall.topology;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.landfall.model.Generation;
import dev.landfall.model.Json;
import dev.landfall.model.ObjectEvent;
import dev.landfall.model.ObjectKey;
import org.jspecify.annotations.Nullable;

/**
 * One source generation for one pipeline, on the topology's work topic.
 *
 * @param id the same whenever the same event is planned again
 * @param version of the topology that planned it
 * @param key of the source, {@code bucket/name}
 * @param attempt from 1
 * @param waits how often the item was put back because something it needs was not there; not counted as attempts
 * @param notBefore wall time in milliseconds; 0 for at once
 * @param run see {@link dev.landfall.model.Origin}
 * @param eventTime when the source was committed
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record WorkItem(
        String id,
        String topology,
        String pipeline,
        int version,
        String key,
        Generation generation,
        long size,
        int attempt,
        int waits,
        long notBefore,
        long run,
        String eventTime,
        @Nullable String traceparent) {

    static WorkItem of(
            String topology,
            int version,
            String pipeline,
            int partition,
            ObjectEvent event,
            @Nullable String traceparent) {
        return new WorkItem(
                topology + "/" + pipeline + "/" + partition + "-" + event.generation(),
                topology,
                pipeline,
                version,
                event.key().toString(),
                event.generation(),
                event.size(),
                1,
                0,
                0,
                version,
                event.time().toString(),
                traceparent);
    }

    static WorkItem parse(byte[] json) {
        return Json.read(json, WorkItem.class);
    }

    byte[] toJson() {
        return Json.write(this);
    }

    @JsonIgnore
    ObjectKey sourceKey() {
        return ObjectKey.parse(key);
    }

    /** After a failure that counts. */
    WorkItem again(long from) {
        return new WorkItem(
                id,
                topology,
                pipeline,
                version,
                key,
                generation,
                size,
                attempt + 1,
                waits,
                from,
                run,
                eventTime,
                traceparent);
    }

    /** After one that does not. */
    WorkItem later(long from) {
        return new WorkItem(
                id,
                topology,
                pipeline,
                version,
                key,
                generation,
                size,
                attempt,
                waits + 1,
                from,
                run,
                eventTime,
                traceparent);
    }
}
