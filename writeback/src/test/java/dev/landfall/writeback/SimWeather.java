package dev.landfall.writeback;

/** How likely S3, Kafka and the disk are to do what; changes with time. */
final class SimWeather {
    /** What becomes of an attempt. */
    enum Fate {
        GOOD,
        /** Applied, but the reply never comes. */
        LOSE_REPLY,
        /** Neither applied nor answered. */
        LOSE_REQUEST,
        /** The client has given up when it is applied. */
        LATE,
        /** Answered with 500, and applied all the same. */
        ERROR_APPLIED,
        /** Answered with 503. */
        ERROR,
        REFUSED,
        /** No connection. */
        NOT_SENT
    }

    private final SimLoop loop;
    private final double[] chances = new double[Fate.values().length];
    private boolean fair = true;
    private boolean broker = true;
    double latency = 1;

    SimWeather(SimLoop loop) {
        this.loop = loop;
    }

    /** Every fault has its day, in combinations that differ from seed to seed. */
    void change() {
        fair = loop.chance(0.25);
        broker = !loop.chance(0.3);
        latency = loop.chance(0.2) ? loop.chance(0.3) ? 45 : 8 : 1;
        for (Fate fate : Fate.values()) {
            chances[fate.ordinal()] = loop.chance(0.35) ? loop.random.nextDouble() * loop.random.nextDouble() : 0;
        }
        if (loop.chance(0.15)) {
            // One answer to everybody: an outage, expired credentials, an overload.
            Fate[] outages = {Fate.LOSE_REQUEST, Fate.LOSE_REPLY, Fate.REFUSED, Fate.NOT_SENT, Fate.ERROR};
            chances[outages[loop.random.nextInt(outages.length)].ordinal()] = 1;
        }
    }

    void heal() {
        fair = true;
        broker = true;
        latency = 1;
    }

    boolean brokerIsUp() {
        return broker;
    }

    boolean isFair() {
        return fair;
    }

    Fate draw() {
        if (!fair) {
            for (Fate fate : Fate.values()) {
                if (loop.chance(chances[fate.ordinal()])) {
                    return fate;
                }
            }
        }
        return Fate.GOOD;
    }
}
