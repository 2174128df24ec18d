package dev.landfall.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Keeps the arrows between the modules and the list of libraries that the product is built on. */
class ArchitectureTest {
    private static final Map<String, List<String>> MAY_USE = Map.ofEntries(
            Map.entry("model", List.of()),
            Map.entry("client", List.of("model")),
            Map.entry("placement", List.of("model")),
            Map.entry("targets", List.of("model")),
            Map.entry("writeback", List.of("targets", "placement")),
            Map.entry("ingest", List.of("writeback")),
            Map.entry("topology", List.of("ingest")),
            Map.entry("etl", List.of("topology", "client")),
            Map.entry("node", List.of("etl", "client")),
            Map.entry("dev.kafka", List.of()),
            Map.entry("dev.s3", List.of()),
            Map.entry("dev", List.of("node", "dev.kafka", "dev.s3")));

    private static final JavaClasses PRODUCT = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("/test-classes/"))
            .importPackages("dev.landfall");

    @Test
    void everyModuleUsesOnlyWhatItsArrowsReach() {
        Set<String> stray = new TreeSet<>();
        Set<String> seen = new HashSet<>();
        for (JavaClass type : PRODUCT) {
            String module = moduleOf(type.getPackageName());
            seen.add(module);
            Set<String> allowed = reach(module);
            type.getDirectDependenciesFromSelf().stream()
                    .map(dependency -> dependency.getTargetClass().getBaseComponentType())
                    .filter(target -> target.getPackageName().startsWith("dev.landfall"))
                    .filter(target -> !allowed.contains(moduleOf(target.getPackageName())))
                    .forEach(target -> stray.add(type.getName() + " → " + target.getName()));
        }
        assertThat(stray).isEmpty();
        assertThat(seen).containsExactlyInAnyOrderElementsOf(MAY_USE.keySet());
    }

    @Test
    void theModelDoesNoInputOrOutputAndKnowsNoKafka() {
        Set<String> stray = new TreeSet<>();
        for (JavaClass type : PRODUCT) {
            if (moduleOf(type.getPackageName()).equals("model")) {
                type.getDirectDependenciesFromSelf().stream()
                        .map(dependency -> dependency.getTargetClass().getPackageName())
                        .filter(used -> used.startsWith("java.nio.file")
                                || used.startsWith("java.nio.channels")
                                || used.startsWith("java.net.http")
                                || used.startsWith("org.apache.kafka"))
                        .forEach(used -> stray.add(type.getName() + " → " + used));
            }
        }
        assertThat(stray).isEmpty();
    }

    @Test
    void theProductStandsOnItsNamedLibraries() {
        for (String library : List.of(
                "org.apache.kafka.clients.",
                "org.apache.kafka.streams.",
                "io.undertow.",
                "com.fasterxml.jackson.databind.",
                "software.amazon.awssdk.services.s3.",
                "org.apache.commons.io.")) {
            assertThat(PRODUCT.stream().filter(type -> uses(type, library)))
                    .as("product classes that use %s", library)
                    .isNotEmpty();
        }
    }

    @Test
    void theTestsStandOnTheirNamedLibraries() {
        JavaClasses tests = new ClassFileImporter().importPackages("dev.landfall.it");
        for (String library : List.of("org.junit.jupiter.api.", "org.testcontainers.kafka.")) {
            assertThat(tests.stream().filter(type -> uses(type, library)))
                    .as("test classes that use %s", library)
                    .isNotEmpty();
        }
        assertThat(Test.class.getPackage().getImplementationVersion())
                .as("JUnit")
                .startsWith("5.");
    }

    private static boolean uses(JavaClass type, String packagePrefix) {
        return type.getDirectDependenciesFromSelf().stream()
                .anyMatch(dependency -> dependency.getTargetClass().getName().startsWith(packagePrefix));
    }

    private static Set<String> reach(String module) {
        Set<String> reached = new HashSet<>(Set.of(module));
        MAY_USE.getOrDefault(module, List.of()).forEach(next -> reached.addAll(reach(next)));
        return reached;
    }

    private static String moduleOf(String packageName) {
        String rest = packageName.substring("dev.landfall.".length());
        for (String nested : List.of("dev.kafka", "dev.s3")) {
            if (rest.equals(nested) || rest.startsWith(nested + ".")) {
                return nested;
            }
        }
        return rest.split("\\.")[0];
    }
}
