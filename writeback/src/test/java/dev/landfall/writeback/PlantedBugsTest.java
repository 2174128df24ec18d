package dev.landfall.writeback;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** The simulation finds each {@link PlantedBug}: a bug that lives is a hole in the simulation. */
@Tag("long")
@Isolated("a lock shared with another class would be let go in real time, and the run be another one")
class PlantedBugsTest {
    private static final int SEEDS = 3000;

    @TempDir
    Path dir;

    @ParameterizedTest
    @EnumSource
    void isFound(PlantedBug bug) throws Exception {
        Logger log = (Logger) LoggerFactory.getLogger("dev.landfall");
        Level level = log.getLevel();
        log.setLevel(Level.OFF);
        plant(bug);
        try (var planted = new Planted()) {
            var run = planted.loadClass("dev.landfall.writeback.Simulation").getDeclaredMethod("run", long.class);
            run.setAccessible(true);
            String found = null;
            for (long seed = 1; seed <= SEEDS && found == null; seed++) {
                found = run(run, seed);
            }
            assertThat(found).as("what %d runs find of %s", SEEDS, bug).isNotNull();
            System.out.println(bug + ": " + found.lines().findFirst().orElse(""));
        } finally {
            log.setLevel(level);
        }
    }

    private static String run(java.lang.reflect.Method run, long seed) throws Exception {
        try {
            run.invoke(null, seed);
            return null;
        } catch (InvocationTargetException e) {
            return e.getCause().getMessage();
        }
    }

    /** Compiles the one source file with the bug in it. */
    private void plant(PlantedBug bug) throws IOException {
        Path source = Path.of(System.getProperty("landfall.root")).resolve(bug.path());
        String text = Files.readString(source);
        assertThat(text.split(java.util.regex.Pattern.quote(bug.from), -1))
                .as("where %s goes in %s", bug, bug.path())
                .hasSize(2);
        var planted = new SimpleJavaFileObject(URI.create("mem:///" + bug.file + ".java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return text.replace(bug.from, bug.to);
            }
        };
        var said = new java.io.StringWriter();
        Boolean compiled = ToolProvider.getSystemJavaCompiler()
                .getTask(
                        said,
                        null,
                        null,
                        List.of(
                                "-proc:none",
                                "-nowarn",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "-d",
                                dir.toString()),
                        null,
                        List.of(planted))
                .call();
        assertThat(compiled).as(said.toString()).isTrue();
    }

    /** Loads the product and the simulation afresh, the planted classes first; everything else comes from outside. */
    private final class Planted extends URLClassLoader {
        Planted() throws IOException {
            super(urls(dir), PlantedBugsTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("dev.landfall.")) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> known = findLoadedClass(name);
                return known != null ? known : findClass(name);
            }
        }

        private static URL[] urls(Path planted) throws IOException {
            var urls = new ArrayList<URL>();
            urls.add(planted.toUri().toURL());
            for (Class<?> one : List.of(
                    Simulation.class,
                    TieredStore.class,
                    dev.landfall.placement.Cluster.class,
                    dev.landfall.targets.ObjectStore.class,
                    dev.landfall.model.ObjectKey.class)) {
                urls.add(one.getProtectionDomain().getCodeSource().getLocation());
            }
            return urls.toArray(URL[]::new);
        }
    }
}
