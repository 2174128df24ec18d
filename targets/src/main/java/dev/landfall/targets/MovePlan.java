package dev.landfall.targets;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Which partitions go where: as evenly as can be, those of this node and those of others each for themselves. */
final class MovePlan {
    /** @param to the mountpath that is to hold the partition */
    record Step(int partition, Mountpath from, Mountpath to) {}

    private MovePlan() {}

    /** A new mountpath takes its share from those that have most. */
    static List<Step> fill(Places places, List<Mountpath> all, Mountpath to, Set<Integer> assigned) {
        var steps = new ArrayList<Step>();
        for (boolean own : new boolean[] {true, false}) {
            Map<Mountpath, List<Integer>> held = held(places, all, p -> assigned.contains(p) == own);
            int total = held.values().stream().mapToInt(List::size).sum();
            int share = total / all.size() - of(held, to).size();
            for (int i = 0; i < share; i++) {
                Mountpath most = all.stream()
                        .filter(mountpath -> mountpath != to)
                        .max(Comparator.comparingInt(m -> of(held, m).size()))
                        .orElseThrow();
                steps.add(new Step(of(held, most).removeLast(), most, to));
            }
        }
        return steps;
    }

    /** @param all without the one that is drained */
    static List<Step> drain(Places places, List<Mountpath> all, Mountpath from, Set<Integer> assigned) {
        var steps = new ArrayList<Step>();
        for (boolean own : new boolean[] {true, false}) {
            Predicate<Integer> wanted = p -> assigned.contains(p) == own;
            Map<Mountpath, List<Integer>> held = held(places, all, wanted);
            for (int partition : places.heldBy(from).stream().filter(wanted).toList()) {
                Mountpath least = all.stream()
                        .min(Comparator.comparingInt(m -> of(held, m).size()))
                        .orElseThrow();
                of(held, least).add(partition);
                steps.add(new Step(partition, from, least));
            }
        }
        return steps;
    }

    private static List<Integer> of(Map<Mountpath, List<Integer>> held, Mountpath mountpath) {
        return held.computeIfAbsent(mountpath, m -> new ArrayList<>());
    }

    private static Map<Mountpath, List<Integer>> held(Places places, List<Mountpath> all, Predicate<Integer> wanted) {
        var held = new HashMap<Mountpath, List<Integer>>();
        for (Mountpath mountpath : all) {
            held.put(
                    mountpath,
                    new ArrayList<>(
                            places.heldBy(mountpath).stream().filter(wanted).toList()));
        }
        return held;
    }
}
