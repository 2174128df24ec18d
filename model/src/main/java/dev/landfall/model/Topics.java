package dev.landfall.model;

/** The names of the Kafka topics under one prefix. */
public record Topics(String prefix) {
    public static final Topics DEFAULT = new Topics("landfall");

    /** The cluster log: one partition, compacted. */
    public String cluster() {
        return prefix + ".cluster";
    }

    /** Changes of objects; as many partitions as the cluster. */
    public String objects() {
        return prefix + ".objects";
    }

    /** Outcomes and progress; as many partitions as the cluster. */
    public String results() {
        return prefix + ".results";
    }

    /** Items of a topology; as many partitions as the cluster. */
    public String work(String topology) {
        return prefix + ".work." + topology;
    }

    /** Items of jobs; as many partitions as the cluster. */
    public String jobs() {
        return prefix + ".work.jobs";
    }

    /** Items that a topology gave up. */
    public String deadLetters(String topology) {
        return prefix + ".dead." + topology;
    }
}
