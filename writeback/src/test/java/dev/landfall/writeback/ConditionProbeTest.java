package dev.landfall.writeback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.model.RemoteLocation;
import dev.landfall.model.TimeSource;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What decides whether an endpoint keeps conditions, and what does not. */
class ConditionProbeTest {
    private final FakeRemote s3 = new FakeRemote(true);
    private final Clock clock = new Clock();
    private final ConditionProbe probe = new ConditionProbe(s3, "default", "token", clock);
    private int asked;

    @ParameterizedTest
    @ValueSource(ints = {403, 404, 400})
    void aBucketThatRefusesDecidesNothingForTheOthers(int status) {
        s3.probes = (bucket, condition) -> {
            asked++;
            return bucket.equals("bad") ? new Outcome.Refused("S3 answered " + status, status) : null;
        };

        assertThat(probe.find(in("bad"))).isFalse();
        clock.pass(Duration.ofSeconds(29));
        assertThat(probe.find(in("bad"))).isFalse();
        assertThat(asked).as("attempts within half a minute").isEqualTo(1);

        assertThat(probe.find(in("good"))).isTrue();
        assertThat(probe.find(in("bad")))
                .as("of the endpoint, not of the bucket")
                .isTrue();
        assertThat(s3.size()).isZero();
    }

    @Test
    void theSameBucketIsAskedAgainOnceItsTimeHasCome() {
        s3.probes = (bucket, condition) -> new Outcome.Refused("S3 answered 404 NoSuchBucket", 404);
        assertThat(probe.find(in("later"))).isFalse();
        s3.probes = (bucket, condition) -> null;
        assertThat(probe.find(in("later"))).isFalse();

        clock.pass(Duration.ofSeconds(30));

        assertThat(probe.find(in("later"))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 501})
    void aPutThatIsRefusedForItsConditionDecides(int status) {
        s3.probes = (bucket, condition) -> {
            asked++;
            return condition instanceof RemoteCondition.None
                    ? null
                    : new Outcome.Refused("S3 answered " + status, status);
        };
        assertThat(probe.find(in("one"))).isFalse();
        int first = asked;
        clock.pass(Duration.ofHours(1));
        assertThat(probe.find(in("one"))).isFalse();
        assertThat(asked).isEqualTo(first);
        assertThat(s3.size()).isZero();
    }

    @Test
    void aConditionThatCredentialsMayNotUseInOneBucketDecidesNothing() {
        s3.probes = (bucket, condition) -> bucket.equals("one") && condition instanceof RemoteCondition.IfEtag
                ? new Outcome.Refused("S3 answered 403 AccessDenied", 403)
                : null;
        assertThat(probe.find(in("one"))).isFalse();
        assertThat(s3.size()).isZero();
        clock.pass(Duration.ofSeconds(5));
        assertThat(probe.find(in("other"))).isTrue();
    }

    @Test
    void anEndpointThatIgnoresConditionsIsAskedOnce() {
        var ignoring = new FakeRemote(false);
        var found = new ConditionProbe(ignoring, "default", "token", clock);
        assertThat(found.find(in("one"))).isFalse();
        ignoring.probes = (bucket, condition) -> {
            throw new AssertionError("asked again");
        };
        clock.pass(Duration.ofHours(1));
        assertThat(found.find(in("one"))).isFalse();
    }

    private Place in(String bucket) {
        var remote = new Remote("default", s3, probe, new Health(clock, () -> {}), Duration.ofSeconds(5));
        return new Place(remote, RemoteLocation.parse("s3://" + bucket + "/prefix"), "k");
    }

    private static final class Clock implements TimeSource {
        private long nanos = -5;

        void pass(Duration time) {
            nanos += time.toNanos();
        }

        @Override
        public long nanos() {
            return nanos;
        }

        @Override
        public Instant now() {
            return Instant.EPOCH;
        }

        @Override
        public void sleep(Duration duration) {
            pass(duration);
        }
    }
}
