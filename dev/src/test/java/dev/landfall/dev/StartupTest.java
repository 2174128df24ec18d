package dev.landfall.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class StartupTest {
    private static final Duration LONG = Duration.ofMinutes(5);

    @Test
    void aStartThatHangsIsLeftWhenTheProcessIsAskedToStop() throws Exception {
        var never = new CountDownLatch(1);
        assertThat(Startup.<String>unless(() -> true, Duration.ZERO, () -> {
                    never.await();
                    return "started";
                }))
                .isNull();
        never.countDown();
    }

    @Test
    void aStartThatComesToItsEndWithinTheGraceCounts() throws Exception {
        var asked = new AtomicBoolean();
        var went = new CountDownLatch(1);
        String started = Startup.unless(
                () -> {
                    went.countDown();
                    return asked.getAndSet(true);
                },
                LONG,
                () -> {
                    went.await();
                    return "started";
                });
        assertThat(started).isEqualTo("started");
    }

    @Test
    void whatFailsAtTheStartIsToldAsItIs() {
        assertThatThrownBy(() -> Startup.unless(() -> false, LONG, () -> {
                    throw new IllegalArgumentException("the port is taken");
                }))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("the port is taken");
    }
}
