package dev.landfall.dev.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * The requests of a leg. Objects of up to 16 KiB get a new name with every PUT. Larger ones are replaced over and over, so that what is
 * written stays in a working set of {@link #WORKING_SET} bytes: memory that is touched for the first time, and a disk that has to keep up,
 * would be measured instead of the server.
 */
final class Requests {
    static final long WORKING_SET = 1L << 30;
    private static final int NEVER_REPLACED = 16 << 10;
    /** So many different objects at most are read in a leg. */
    static final int MOST_READ = 20_000;

    private final Side side;
    private final int size;
    private final int workers;
    private final int mostRead;
    private final ByteBuffer body;

    /** @param mostRead how many different objects {@link #gets} reads at most */
    Requests(Side side, int size, int workers, int mostRead) {
        this.side = side;
        this.size = size;
        this.workers = workers;
        this.mostRead = mostRead;
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        body = ByteBuffer.allocateDirect(size).put(bytes).flip();
    }

    /** @param leg of this run, for names that no other leg has used */
    Load.Hiring puts(String leg) {
        long ring = Math.max(1, WORKING_SET / size / workers);
        String names = size <= NEVER_REPLACED ? leg : "ring-" + Sizes.text(size);
        return worker -> {
            String prefix = names + "/" + worker + "/";
            ByteBuffer own = body.duplicate();
            return new Work(side.connect()) {
                @Override
                public void run(long index) throws IOException {
                    String name = prefix + (size <= NEVER_REPLACED ? index : index % ring);
                    connections.of(name).put(side.prefix() + name, own);
                }
            };
        };
    }

    /** How many objects are read: a quarter of the working set. */
    int readable() {
        return Math.clamp(WORKING_SET / 4 / size, 1, mostRead);
    }

    /** Writes what {@link #gets} reads. */
    void fill() throws IOException {
        try (Side.Connections connections = side.connect()) {
            for (int i = 0; i < readable(); i++) {
                connections.of(readName(i)).put(side.prefix() + readName(i), body);
            }
        }
    }

    Load.Hiring gets() {
        return worker -> {
            var random = new SplittableRandom(worker);
            return new Work(side.connect()) {
                @Override
                public void run(long index) throws IOException {
                    String name = readName(random.nextInt(readable()));
                    long got = connections.of(name).get(side.prefix() + name);
                    if (got != size) {
                        throw new IOException(name + " has " + got + " bytes instead of " + size);
                    }
                }
            };
        };
    }

    private String readName(int index) {
        return "read-" + Sizes.text(size) + "/" + index;
    }

    /** A worker with connections. */
    private abstract static class Work implements Load.Worker {
        final Side.Connections connections;

        Work(Side.Connections connections) {
            this.connections = connections;
        }

        @Override
        public void close() {
            connections.close();
        }
    }
}
