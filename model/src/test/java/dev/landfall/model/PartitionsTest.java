package dev.landfall.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Test;

class PartitionsTest {
    @Test
    void isKafkasDefaultPartitioner() {
        var random = new Random(20261122);
        for (int i = 0; i < 20_000; i++) {
            byte[] key = new byte[random.nextInt(1, 80)];
            random.nextBytes(key);
            int kafkas = Utils.toPositive(Utils.murmur2(key)) % 128;
            assertThat(Partitions.of(key, 128)).isEqualTo(kafkas);
        }
    }

    @Test
    void hashesTheUtf8FormOfTheWholeKey() {
        var key = ObjectKey.of("bucket", "naïve/☃");
        assertThat(Partitions.of(key, 32)).isEqualTo(Partitions.of(key.toBytes(), 32));
    }
}
