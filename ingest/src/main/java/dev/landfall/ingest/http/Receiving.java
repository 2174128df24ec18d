package dev.landfall.ingest.http;

import dev.landfall.model.LandfallException;
import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpContinue;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.ChannelListener;
import org.xnio.XnioExecutor;
import org.xnio.channels.StreamSourceChannel;

/**
 * Takes the body of one request on the I/O thread of its connection as it comes, has it committed, and lets the reply leave from that
 * thread: no worker is held by a client that sends slowly, nor by a commit. What has to wait for a disk, and whatever fails, goes on with a
 * worker. Only one thread at a time is here. A client that sends nothing for too long is given up.
 */
final class Receiving implements ChannelListener<StreamSourceChannel> {
    private static final Logger LOG = LoggerFactory.getLogger(Receiving.class);
    /** Buffers that are taken before other connections of the thread get their turn. */
    private static final int AT_ONCE = 4;
    /** Of each I/O thread. */
    private static final ThreadLocal<ByteBuffer> BUFFERS =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(BodyBuffers.SIZE));

    /** What goes wrong is told by a worker. */
    interface Failure {
        void answer(HttpCall call, Throwable error);
    }

    private final HttpServerExchange exchange;
    private final HttpCall call;
    private final RequestBody wire;
    private final Intake intake;
    private final Promptness disk;
    private final Duration idle;
    private final Failure failure;
    private @Nullable StreamSourceChannel source;
    private boolean progress;
    /** Nothing is read on the I/O thread any more. */
    private boolean done;

    private XnioExecutor.@Nullable Key timer;

    Receiving(
            HttpServerExchange exchange,
            HttpCall call,
            RequestBody wire,
            Intake intake,
            Promptness disk,
            Duration idle,
            Failure failure) {
        this.exchange = exchange;
        this.call = call;
        this.wire = wire;
        this.intake = intake;
        this.disk = disk;
        this.idle = idle;
        this.failure = failure;
    }

    /** The handler of the exchange has returned, having dispatched this. */
    void start() {
        if (!HttpContinue.requiresContinueResponse(exchange)) {
            begin();
            return;
        }
        HttpContinue.sendContinueResponse(exchange, new IoCallback() {
            @Override
            public void onComplete(HttpServerExchange same, Sender sender) {
                begin();
            }

            @Override
            public void onException(HttpServerExchange same, Sender sender, IOException e) {
                fail(e);
            }
        });
    }

    private void begin() {
        try {
            StreamSourceChannel opened = wire.onIoThread();
            source = opened;
            opened.getReadSetter().set(this);
            handleEvent(opened);
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    @Override
    public void handleEvent(StreamSourceChannel channel) {
        if (done) {
            return;
        }
        int place = disk.enter();
        if (place < 0) {
            stop();
            onWorker(this::finish);
            return;
        }
        CompletableFuture<Intake.Answer> commit = null;
        int taken = 0;
        int n = 0;
        try {
            ByteBuffer buffer = BUFFERS.get();
            while (taken < AT_ONCE && (n = call.body().read(buffer.clear())) > 0) {
                intake.take(buffer.flip());
                taken++;
            }
            if (n < 0) {
                stop();
                commit = intake.commit();
            }
        } catch (RuntimeException e) {
            fail(e);
            return;
        } finally {
            disk.leave(place);
        }
        if (n >= 0) {
            goOn(channel, taken);
        } else if (commit == null) {
            onWorker(() -> answerWhen(intake.commitNow()));
        } else {
            answerWhen(commit);
        }
    }

    private void goOn(StreamSourceChannel channel, int taken) {
        progress |= taken > 0;
        if (timer == null) {
            progress = false;
            timer = exchange.getIoThread().executeAfter(this::look, idle.toNanos(), TimeUnit.NANOSECONDS);
        }
        if (taken == AT_ONCE && exchange.getConnection().getSslSession() != null) {
            // TLS may hold more that no selector tells of. A task that comes back at once would keep the thread from
            // its
            // selector for as long as there is more.
            exchange.getIoThread().executeAfter(() -> handleEvent(channel), 1, TimeUnit.MILLISECONDS);
        } else {
            channel.resumeReads();
        }
    }

    private void look() {
        timer = null;
        StreamSourceChannel channel = source;
        if (done || channel == null) {
            return;
        }
        if (progress) {
            goOn(channel, 0);
        } else {
            fail(RequestBody.tooSlow());
        }
    }

    /** No event of the connection comes here any more. */
    private void stop() {
        done = true;
        if (timer != null) {
            timer.remove();
            timer = null;
        }
        StreamSourceChannel channel = source;
        if (channel != null) {
            channel.suspendReads();
            channel.getReadSetter().set(null);
        }
    }

    // on a worker

    /** Takes the rest of the body. */
    private void finish() {
        wire.onWorker();
        ByteBuffer buffer = call.buffers().take();
        try {
            while (call.body().read(buffer) >= 0) {
                intake.take(buffer.flip());
                buffer.clear();
            }
        } finally {
            call.buffers().put(buffer);
        }
        answerWhen(intake.commitNow());
    }

    private void onWorker(Runnable work) {
        try {
            exchange.getConnection().getWorker().execute(() -> {
                try {
                    work.run();
                } catch (Throwable e) {
                    refuse(e);
                }
            });
        } catch (RejectedExecutionException e) {
            refuse(e); // the door is being closed
        }
    }

    // the end, on whichever thread

    private void answerWhen(CompletableFuture<Intake.Answer> commit) {
        commit.whenComplete((answer, error) -> {
            if (error != null) {
                onWorker(() -> refuse(error));
            } else if (exchange.getIoThread() == Thread.currentThread()) {
                answer(answer);
            } else {
                try {
                    exchange.getIoThread().execute(() -> answer(answer));
                } catch (RejectedExecutionException e) {
                    refuse(e);
                }
            }
        });
    }

    private void answer(Intake.Answer answer) {
        try {
            answer.send();
        } catch (RuntimeException e) {
            LOG.debug("{}: the reply was cut short", call.requestId(), e);
            call.abort();
            call.leaveIoThread().run();
        }
    }

    private void fail(Throwable e) {
        if (!done) {
            stop();
        }
        onWorker(() -> refuse(e));
    }

    private void refuse(Throwable e) {
        Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
        wire.onWorker();
        Runnable ended = call.leaveIoThread();
        try {
            intake.close();
        } catch (LandfallException suppressed) {
            LOG.debug("{}: what there was of the body could not be removed", call.requestId(), suppressed);
        } finally {
            try {
                failure.answer(call, cause);
            } finally {
                ended.run();
            }
        }
    }
}
