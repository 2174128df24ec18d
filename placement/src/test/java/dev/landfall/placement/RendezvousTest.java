package dev.landfall.placement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landfall.model.ClusterMap;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RendezvousTest {
    @ParameterizedTest
    @CsvSource({"1,32", "3,32", "3,128", "4,128", "7,128", "40,128", "3,2"})
    void everyNodeGetsItsEvenShareRoundedDownOrUp(int nodes, int partitions) {
        ClusterMap map = Rendezvous.plan(nodes(nodes), partitions);

        assertThat(map.partitions()).isEqualTo(partitions);
        assertThat(map.version()).isEqualTo(1);
        assertThat(map.owners()).allMatch(owner -> owner.epoch() == 1);
        assertThat(nodes(nodes))
                .allSatisfy(node -> assertThat(map.partitionsOf(node))
                        .hasSizeBetween(partitions / nodes, (partitions + nodes - 1) / nodes));
    }

    @Test
    void thePlanDependsOnTheSetOfNodesOnly() {
        assertThat(Rendezvous.plan(List.of("c", "a", "b", "a"), 64))
                .isEqualTo(Rendezvous.plan(List.of("a", "b", "c"), 64));
    }

    @Test
    void anotherNodeMovesLittleMoreThanItsShare() {
        ClusterMap before = Rendezvous.plan(nodes(4), 256);
        ClusterMap after = Rendezvous.plan(nodes(5), 256);

        long moved = IntStream.range(0, 256)
                .filter(p -> !before.owners().get(p).equals(after.owners().get(p)))
                .count();
        // A fifth has to move; hashing modulo the number of nodes would move four fifths.
        assertThat(moved).isBetween(256 / 5L - 5, 256 / 5L * 2);
    }

    private static List<String> nodes(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(i -> "node-" + i).toList();
    }
}
