package dev.landfall.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "job", description = "List, show, wait for, retry and cancel jobs.", mixinStandardHelpOptions = true)
public final class JobCommand {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Command(description = "Lists the jobs.", mixinStandardHelpOptions = true)
    int ls(@Mixin Server server) {
        var out = spec.commandLine().getOut();
        try (var client = server.connect()) {
            for (JsonNode job : client.jobs().path("jobs")) {
                out.printf(
                        "%-36s %-10s %-10s %s%n",
                        job.path("id").asText(),
                        job.path("kind").asText(),
                        job.path("state").asText(),
                        job.path("created").asText());
            }
        }
        return 0;
    }

    @Command(description = "Shows a job and its progress.", mixinStandardHelpOptions = true)
    int show(@Mixin Server server, @Parameters(paramLabel = "ID") String id) {
        try (var client = server.connect()) {
            spec.commandLine().getOut().println(Pretty.json(client.job(id)));
        }
        return 0;
    }

    @Command(
            name = "wait",
            description = "Waits for a job's end. Exit code 1 unless all of it succeeded.",
            mixinStandardHelpOptions = true)
    int await(@Mixin Server server, @Parameters(paramLabel = "ID") String id) {
        try (var client = server.connect()) {
            return JobWait.on(client, id, spec.commandLine().getOut());
        }
    }

    @Command(
            description = "Makes a new job with the arguments of one that has failed or was cancelled; prints its id.",
            mixinStandardHelpOptions = true)
    int retry(@Mixin Server server, @Parameters(paramLabel = "ID") String id) {
        try (var client = server.connect()) {
            spec.commandLine().getOut().println(client.retryJob(id).path("id").asText());
        }
        return 0;
    }

    @Command(description = "Cancels a job; what it has done stays.", mixinStandardHelpOptions = true)
    int cancel(@Mixin Server server, @Parameters(paramLabel = "ID") String id) {
        try (var client = server.connect()) {
            client.cancelJob(id);
        }
        return 0;
    }
}
