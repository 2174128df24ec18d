package dev.landfall.ingest.http;

import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** Direct buffers for bodies, made once and used again: at most as many as workers that can hold one. */
public final class BodyBuffers {
    public static final int SIZE = 256 << 10;

    private final BlockingQueue<ByteBuffer> free;

    public BodyBuffers(int max) {
        free = new ArrayBlockingQueue<>(max);
    }

    /** An empty buffer. Give it back with {@link #put}. */
    public ByteBuffer take() {
        ByteBuffer buffer = free.poll();
        return buffer == null ? ByteBuffer.allocateDirect(SIZE) : buffer.clear();
    }

    public void put(ByteBuffer buffer) {
        free.offer(buffer);
    }
}
