package dev.landfall.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landfall.client.LandfallClient;
import dev.landfall.model.TimeSource;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Set;

/** Asks for a job until it has ended. */
final class JobWait {
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final Set<String> ENDED = Set.of("done", "failed", "cancelled");

    private JobWait() {}

    /** The exit code: 0 when all of the job was done. */
    static int on(LandfallClient client, String id, PrintWriter out) {
        while (true) {
            JsonNode job = client.job(id);
            String state = job.path("state").asText();
            if (ENDED.contains(state)) {
                out.println(Pretty.json(job));
                return state.equals("done") ? 0 : 1;
            }
            TimeSource.system().sleep(PAUSE);
        }
    }
}
