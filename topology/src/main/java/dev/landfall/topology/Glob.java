package dev.landfall.topology;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * A pattern for object names: {@code *} stands for any text without a slash, {@code **} for any text, {@code **}{@code /} for any
 * directories or none, {@code ?} for one character but a slash; everything else stands for itself. Matching takes time in proportion to
 * the name, whatever the pattern.
 */
final class Glob {
    static final int MAX_LENGTH = 512;

    private sealed interface Token {
        record Literal(int codePoint) implements Token {}

        record One() implements Token {}

        record Star() implements Token {}

        record DoubleStar() implements Token {}

        /** May be passed over together with the next two tokens. */
        record Directories() implements Token {}
    }

    private final String text;
    private final List<Token> tokens;

    private Glob(String text, List<Token> tokens) {
        this.text = text;
        this.tokens = List.copyOf(tokens);
    }

    static Glob parse(String text) {
        List<Token> tokens = new ArrayList<>();
        int[] points = text.codePoints().toArray();
        for (int i = 0; i < points.length; i++) {
            if (points[i] == '*' && i + 1 < points.length && points[i + 1] == '*') {
                boolean startsSegment = i == 0 || points[i - 1] == '/';
                i++;
                if (startsSegment && i + 1 < points.length && points[i + 1] == '/') {
                    i++;
                    tokens.add(new Token.Directories());
                    tokens.add(new Token.DoubleStar());
                    tokens.add(new Token.Literal('/'));
                } else {
                    tokens.add(new Token.DoubleStar());
                }
            } else if (points[i] == '*') {
                tokens.add(new Token.Star());
            } else if (points[i] == '?') {
                tokens.add(new Token.One());
            } else {
                tokens.add(new Token.Literal(points[i]));
            }
        }
        return new Glob(text, tokens);
    }

    boolean matches(String name) {
        BitSet states = new BitSet();
        enter(states, 0);
        int[] points = name.codePoints().toArray();
        for (int point : points) {
            BitSet next = new BitSet();
            for (int i = states.nextSetBit(0); i >= 0 && i < tokens.size(); i = states.nextSetBit(i + 1)) {
                step(next, i, point);
            }
            states = next;
            if (states.isEmpty()) {
                return false;
            }
        }
        return states.get(tokens.size());
    }

    private void step(BitSet next, int state, int point) {
        switch (tokens.get(state)) {
            case Token.Literal(int wanted) -> {
                if (wanted == point) {
                    enter(next, state + 1);
                }
            }
            case Token.One() -> {
                if (point != '/') {
                    enter(next, state + 1);
                }
            }
            case Token.Star() -> {
                if (point != '/') {
                    enter(next, state);
                }
            }
            case Token.DoubleStar() -> enter(next, state);
            case Token.Directories() -> {}
        }
    }

    /** Adds a state and all that can be reached from it without a character. */
    private void enter(BitSet states, int state) {
        if (states.get(state)) {
            return;
        }
        states.set(state);
        if (state < tokens.size()) {
            switch (tokens.get(state)) {
                case Token.Star(), Token.DoubleStar() -> enter(states, state + 1);
                case Token.Directories() -> {
                    enter(states, state + 1);
                    enter(states, state + 3);
                }
                case Token.Literal(int point) -> {}
                case Token.One() -> {}
            }
        }
    }

    /** Whether some name matches both. */
    boolean intersects(Glob other) {
        record Pair(int a, int b) {}
        var seen = new java.util.HashSet<Pair>();
        var queue = new ArrayDeque<Pair>();
        queue.add(new Pair(0, 0));
        while (!queue.isEmpty()) {
            Pair pair = queue.remove();
            if (!seen.add(pair)) {
                continue;
            }
            if (pair.a == tokens.size() && pair.b == other.tokens.size()) {
                return true;
            }
            for (int a : silent(pair.a)) {
                queue.add(new Pair(a, pair.b));
            }
            for (int b : other.silent(pair.b)) {
                queue.add(new Pair(pair.a, b));
            }
            if (pair.a < tokens.size()
                    && pair.b < other.tokens.size()
                    && share(tokens.get(pair.a), other.tokens.get(pair.b))) {
                queue.add(new Pair(after(pair.a), other.after(pair.b)));
            }
        }
        return false;
    }

    private List<Integer> silent(int state) {
        if (state == tokens.size()) {
            return List.of();
        }
        return switch (tokens.get(state)) {
            case Token.Star(), Token.DoubleStar() -> List.of(state + 1);
            case Token.Directories() -> List.of(state + 1, state + 3);
            case Token.Literal(int point) -> List.of();
            case Token.One() -> List.of();
        };
    }

    private int after(int state) {
        return tokens.get(state) instanceof Token.Star || tokens.get(state) instanceof Token.DoubleStar
                ? state
                : state + 1;
    }

    private static boolean share(Token a, Token b) {
        if (a instanceof Token.Directories || b instanceof Token.Directories) {
            return false;
        }
        if (a instanceof Token.Literal(int x)) {
            return b instanceof Token.Literal(int y) ? x == y : x != '/' || b instanceof Token.DoubleStar;
        }
        return !(b instanceof Token.Literal(int y)) || y != '/' || a instanceof Token.DoubleStar;
    }

    @Override
    public String toString() {
        return text;
    }
}
