package dev.landfall.dev.demo;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** What did not match. */
final class Problems {
    private static final int SHOWN = 5;

    private final List<String> sentences = new ArrayList<>();

    synchronized void add(String sentence) {
        sentences.add(sentence);
    }

    /** One sentence for many of a kind: how many, and the first few. */
    void missing(String what, List<String> names, int of) {
        if (!names.isEmpty()) {
            String more = names.size() > SHOWN ? ", …" : "";
            add(what + ": " + names.size() + " of " + of + ": "
                    + String.join(", ", names.subList(0, Math.min(SHOWN, names.size()))) + more);
        }
    }

    synchronized boolean none() {
        return sentences.isEmpty();
    }

    synchronized void print(PrintWriter out) {
        sentences.forEach(sentence -> out.println("  - " + sentence));
    }
}
