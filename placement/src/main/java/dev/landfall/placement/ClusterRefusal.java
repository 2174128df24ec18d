package dev.landfall.placement;

/** Why this node must not take part in the cluster. It keeps the view it has and needs an operator. */
final class ClusterRefusal extends RuntimeException {
    ClusterRefusal(String sentence) {
        super(sentence);
    }

    String sentence() {
        return String.valueOf(getMessage());
    }
}
