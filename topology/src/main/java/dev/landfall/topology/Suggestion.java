package dev.landfall.topology;

import java.util.Collection;
import java.util.Comparator;

/** "Did you mean": the known word that is nearest to a misspelt one. */
final class Suggestion {
    private Suggestion() {}

    /** A sentence to append; empty when nothing is near. */
    static String of(String word, Collection<String> known) {
        int far = Math.max(1, word.length() / 3) + 1;
        return known.stream()
                .filter(candidate -> distance(word, candidate) <= far)
                .min(Comparator.comparingInt(candidate -> distance(word, candidate)))
                .map(candidate -> "; did you mean " + candidate + "?")
                .orElse("");
    }

    /** Levenshtein. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, Math.min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
