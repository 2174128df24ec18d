package dev.landfall.topology;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads topology files: strictly, without a network, and with all mistakes at once. The language is described in docs/topologies.md. */
public final class TopologyFile {
    /** The longest file that is read, in characters. */
    public static final int MAX_LENGTH = 256 << 10;

    private final List<Problem> problems = new ArrayList<>();

    private TopologyFile() {}

    /** @throws LandfallException {@link ErrorCode#INVALID_TOPOLOGY} with a line for each mistake */
    public static TopologySpec parse(String yaml) {
        var file = new TopologyFile();
        TopologySpec spec = file.read(yaml);
        if (spec == null || !file.problems.isEmpty()) {
            throw new LandfallException(
                    ErrorCode.INVALID_TOPOLOGY,
                    file.sorted().stream().map(Problem::toString).collect(Collectors.joining("\n")));
        }
        return spec;
    }

    /** All mistakes, in the order of the file; empty when there are none. */
    public static List<Problem> lint(String yaml) {
        var file = new TopologyFile();
        file.read(yaml);
        return file.sorted();
    }

    private List<Problem> sorted() {
        return problems.stream()
                .distinct()
                .sorted(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column))
                .toList();
    }

    private @Nullable TopologySpec read(String yaml) {
        if (yaml.length() > MAX_LENGTH) {
            problems.add(new Problem(1, 1, "", "the file is longer than " + MAX_LENGTH + " characters"));
            return null;
        }
        YamlNode root = YamlReader.read(yaml, problems);
        Fields file = root == null ? null : Fields.of(root, "", Set.of("version", "transforms", "pipelines"), problems);
        if (file == null) {
            return null;
        }
        String version = file.requiredText("version");
        if (version != null && !version.equals("1")) {
            file.problem("version", "must be 1, the only version there is");
        }
        Map<String, TransformSpec> transforms = new LinkedHashMap<>();
        Fields declared = file.optionalMapping("transforms");
        if (declared != null) {
            for (String name : declared.keys()) {
                checkName(declared, name);
                TransformSpec transform = TransformReader.read(name, declared, problems);
                if (transform != null) {
                    transforms.put(name, transform);
                }
            }
        }
        Set<String> known = declared == null ? Set.of() : declared.keys();
        Map<String, PipelineSpec> pipelines = new LinkedHashMap<>();
        Fields flows = file.requiredMapping("pipelines");
        if (flows != null) {
            if (flows.keys().isEmpty()) {
                file.problem("pipelines", "declares nothing; a topology has at least one pipeline");
            }
            for (String name : flows.keys()) {
                checkName(flows, name);
                PipelineSpec pipeline = PipelineReader.read(name, flows, known, problems);
                if (pipeline != null) {
                    pipelines.put(name, pipeline);
                }
            }
            if (declared != null && pipelines.size() == flows.keys().size()) {
                for (String name : known) {
                    if (pipelines.values().stream()
                            .noneMatch(pipeline -> pipeline.via().contains(name))) {
                        declared.problem(name, "is used by no pipeline; use it or remove it");
                    }
                }
            }
            findLoops(pipelines, flows);
        }
        return new TopologySpec(transforms, pipelines);
    }

    private static void checkName(Fields fields, String name) {
        if (!Names.isValid(name)) {
            fields.problem(
                    name,
                    "is not a name: use 1 to 63 lower-case letters, digits and dashes, beginning with a letter or digit");
        }
    }

    /** An output that becomes a source of its own pipeline, directly or by others, would never end. */
    private void findLoops(Map<String, PipelineSpec> pipelines, Fields flows) {
        for (PipelineSpec start : pipelines.values()) {
            List<String> path = new ArrayList<>();
            if (reaches(start, start, pipelines, path)) {
                flows.problem(
                        start.name(),
                        path.isEmpty()
                                ? "feeds itself: an output named \"" + start.outputName() + "\" in " + start.to()
                                        + " can match its own source; narrow from.match or write to another bucket"
                                : "feeds itself by way of " + String.join(", ", path)
                                        + "; narrow a match or write to another bucket");
            }
        }
    }

    private static boolean reaches(
            PipelineSpec from, PipelineSpec goal, Map<String, PipelineSpec> pipelines, List<String> path) {
        if (from.feeds(goal)) {
            return true;
        }
        for (PipelineSpec next : pipelines.values()) {
            if (next != goal && !path.contains(next.name()) && from.feeds(next)) {
                path.add(next.name());
                if (reaches(next, goal, pipelines, path)) {
                    return true;
                }
                path.removeLast();
            }
        }
        return false;
    }
}
