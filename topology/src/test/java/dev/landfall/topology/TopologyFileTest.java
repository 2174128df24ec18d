package dev.landfall.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TopologyFileTest {
    private static final String GOOD = """
            version: 1
            transforms:
              upper:
                exec: [tr, a-z, A-Z]
                timeout: 60s
            pipelines:
              shout:
                from: {bucket: words, match: "**/*.txt"}
                via: [upper]
                to: {bucket: shouts, name: "{stem}.TXT"}
                concurrency: 2
                retry: {attempts: 3, backoff: 100ms}
            """;

    @Test
    void readsWhatTheFileSays() {
        TopologySpec spec = TopologyFile.parse(GOOD);

        PipelineSpec pipeline = spec.pipelines().get("shout");
        assertThat(pipeline.attempts()).isEqualTo(3);
        assertThat(pipeline.backoff()).isEqualTo(Duration.ofMillis(100));
        assertThat(pipeline.slots()).isEqualTo(2);
        assertThat(pipeline.accepts(ObjectKey.of("words", "a/b.txt"))).isTrue();
        assertThat(pipeline.accepts(ObjectKey.of("words", "b.txt"))).isTrue();
        assertThat(pipeline.accepts(ObjectKey.of("words", "b.md"))).isFalse();
        assertThat(pipeline.accepts(ObjectKey.of("other", "b.txt"))).isFalse();
        assertThat(pipeline.outputFor(ObjectKey.of("words", "a/b.txt"))).isEqualTo(ObjectKey.of("shouts", "a/b.TXT"));
        assertThat(spec.transforms().get("upper"))
                .isEqualTo(new TransformSpec.Exec("upper", List.of("tr", "a-z", "A-Z"), Duration.ofSeconds(60)));
    }

    @Test
    void reportsEveryMistakeAtOnceWithItsPlace() {
        List<Problem> problems = TopologyFile.lint("""
                version: 2
                transforms:
                  upper:
                    exec: [tr, a-z, A-Z]
                    timeot: 60s
                  remote:
                    http: http://localhost
                  spare: {exec: [cat]}
                pipelines:
                  shout:
                    from: {bucket: Words}
                    via: [uper]
                    to: {bucket: shouts, name: "{stam}.txt"}
                    retry: {attempts: 0, backoff: soon}
                  shout:
                    via: []
                """);

        assertThat(problems)
                .extracting(Problem::toString)
                .satisfiesExactly(
                        p -> assertThat(p).isEqualTo("1:1 version: must be 1, the only version there is"),
                        p -> assertThat(p)
                                .startsWith("5:5 transforms.upper.timeot: is not known here; did you mean timeout?"),
                        p -> assertThat(p)
                                .isEqualTo(
                                        "6:3 transforms.remote: has no kind; the kinds of transform in this release: exec"),
                        p -> assertThat(p).startsWith("7:5 transforms.remote.http: is not known here"),
                        p -> assertThat(p).startsWith("11:12 pipelines.shout.from.bucket: A bucket name has"),
                        p -> assertThat(p)
                                .isEqualTo(
                                        "12:5 pipelines.shout.via: there is no transform \"uper\"; did you mean upper?"),
                        p -> assertThat(p)
                                .startsWith("13:26 pipelines.shout.to.name: {stam} is not one of")
                                .endsWith("did you mean stem?"),
                        p -> assertThat(p)
                                .isEqualTo(
                                        "14:13 pipelines.shout.retry.attempts: must be a number from 1 to 100, not \"0\""),
                        p -> assertThat(p).startsWith("14:26 pipelines.shout.retry.backoff: must be a duration"),
                        p -> assertThat(p).isEqualTo("15:3 pipelines.shout: is written twice; the first is at 10:3"));
    }

    @Test
    void refusesTransformsThatNobodyUses() {
        String yaml = GOOD.replace("transforms:\n", "transforms:\n  spare: {exec: [cat]}\n");

        assertThat(TopologyFile.lint(yaml))
                .extracting(Problem::toString)
                .containsExactly("3:3 transforms.spare: is used by no pipeline; use it or remove it");
    }

    @Test
    void refusesAPipelineThatFeedsItself() {
        String loop = GOOD.replace("bucket: shouts", "bucket: words").replace("{stem}.TXT", "{dir}loud-{base}.txt");
        String noLoop = GOOD.replace("bucket: shouts", "bucket: words");

        assertThat(TopologyFile.lint(loop)).singleElement().satisfies(problem -> {
            assertThat(problem.path()).isEqualTo("pipelines.shout");
            assertThat(problem.message()).contains("feeds itself");
        });
        assertThat(TopologyFile.lint(noLoop)).isEmpty();
    }

    @Test
    void refusesPipelinesThatFeedEachOther() {
        String yaml = GOOD + """
                  back:
                    from: {bucket: shouts}
                    via: [upper]
                    to: {bucket: words, name: "{stem}.txt"}
                """;

        assertThat(TopologyFile.lint(yaml))
                .extracting(Problem::path)
                .containsExactly("pipelines.shout", "pipelines.back");
    }

    @Test
    void saysWhereTextIsNotYaml() {
        assertThat(TopologyFile.lint("version: 1\npipelines: {a: [}\n"))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.line()).isEqualTo(2);
                    assertThat(problem.message()).contains("not YAML");
                });
        assertThat(TopologyFile.lint("")).hasSize(1);
        assertThat(TopologyFile.lint("- 1\n"))
                .singleElement()
                .extracting(Problem::message)
                .isEqualTo("must be a mapping, not a list");
        assertThat(TopologyFile.lint("a: &x 1\nversion: *x\n---\n{}\n")).isNotEmpty();
    }

    @Test
    void throwsWithEveryLine() {
        assertThatThrownBy(() -> TopologyFile.parse("version: 1\nfoo: 2\n"))
                .isInstanceOfSatisfying(LandfallException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.INVALID_TOPOLOGY);
                    assertThat(e.getMessage()).contains("pipelines: is missing").contains("2:1 foo: is not known here");
                });
    }

    @Test
    void templatesTakeNamesApart() {
        assertThat(List.of("a/b.c.flac", "x", ".hidden", "d.d/y"))
                .extracting(name -> template("{dir}|{base}|{ext}|{stem}|{name}").apply(name))
                .containsExactly(
                        "a/|b.c|flac|a/b.c|a/b.c.flac", "|x||x|x", "|.hidden||.hidden|.hidden", "d.d/|y||d.d/y|d.d/y");
    }

    private static NameTemplate template(String text) {
        return NameTemplate.parse(text, new java.util.ArrayList<>());
    }

    @Test
    void globsMatchAsDocumented() {
        assertThat(Glob.parse("*.txt").matches("a.txt")).isTrue();
        assertThat(Glob.parse("*.txt").matches("d/a.txt")).isFalse();
        assertThat(Glob.parse("a/**").matches("a/b/c")).isTrue();
        assertThat(Glob.parse("a/**/z").matches("a/z")).isTrue();
        assertThat(Glob.parse("a/**/z").matches("a/b/c/z")).isTrue();
        assertThat(Glob.parse("a/**/z").matches("a/bz")).isFalse();
        assertThat(Glob.parse("**/x?").matches("xä")).isTrue();
        assertThat(Glob.parse("x?").matches("x/")).isFalse();
        assertThat(Glob.parse("**a**a**a**a**a**a**a**b").matches("a".repeat(1024)))
                .isFalse();
    }

    @Test
    void globsKnowWhetherTheyHaveANameInCommon() {
        assertThat(Glob.parse("**/*.flac").intersects(Glob.parse("**.wav"))).isFalse();
        assertThat(Glob.parse("**/*.wav").intersects(Glob.parse("**.wav"))).isTrue();
        assertThat(Glob.parse("in/**").intersects(Glob.parse("out/**"))).isFalse();
        assertThat(Glob.parse("in/*").intersects(Glob.parse("*/a"))).isTrue();
        assertThat(Glob.parse("*").intersects(Glob.parse("a/b"))).isFalse();
        assertThat(Glob.parse("a?c").intersects(Glob.parse("ab?"))).isTrue();
    }
}
