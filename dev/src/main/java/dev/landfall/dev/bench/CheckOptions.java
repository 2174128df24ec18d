package dev.landfall.dev.bench;

import picocli.CommandLine.Option;

/** Whether there is a verdict. */
final class CheckOptions {
    @Option(
            names = "--check",
            description =
                    "judges: five pairs of legs against the raw limit in this process. Exit code 1: a bar was missed; 2: too noisy")
    boolean check;

    @Option(
            names = "--quick",
            description = "with --check: legs so short that nothing is judged; only shows that it runs")
    boolean quick;
}
