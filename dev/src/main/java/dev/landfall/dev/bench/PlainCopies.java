package dev.landfall.dev.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The halves of which a raw PUT consists: bytes into new files without a socket, and bytes through a socket without a file. No server can
 * be faster than the slower of them; one that seems to be does not do what it says.
 */
final class PlainCopies {
    private PlainCopies() {}

    /** New files from memory, replacing each other as the objects of a PUT leg do. */
    static Load.Hiring files(Path root, int size, int workers) {
        long ring = Math.max(1, Requests.WORKING_SET / size / workers);
        return worker -> {
            Path directory = root.resolve("plain-" + Sizes.text(size)).resolve(Integer.toString(worker));
            ByteBuffer body = ByteBuffer.allocateDirect(size);
            return new Load.Worker() {
                @Override
                public void run(long index) throws IOException {
                    if (index % 1024 == 0) {
                        Files.createDirectories(directory.resolve(Long.toHexString(index >> 10)));
                    }
                    try (FileChannel file =
                            FileChannel.open(path(index), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                        for (ByteBuffer rest = body.duplicate(); rest.hasRemaining(); ) {
                            file.write(rest);
                        }
                    }
                    if (index >= ring) {
                        Files.delete(path(index - ring));
                    }
                }

                private Path path(long index) {
                    return directory.resolve(Long.toHexString(index >> 10)).resolve(Long.toHexString(index));
                }

                @Override
                public void close() {}
            };
        };
    }

    /** Bytes to a thread that drops them and answers with one byte for each object. */
    static Load.Hiring loopback(int size) {
        return worker -> {
            ServerSocketChannel listener = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0));
            SocketChannel out = SocketChannel.open(listener.getLocalAddress());
            SocketChannel in = listener.accept();
            listener.close();
            Thread.ofPlatform().daemon().name("limit-drop").start(() -> drop(in, size));
            ByteBuffer body = ByteBuffer.allocateDirect(size);
            ByteBuffer answer = ByteBuffer.allocateDirect(1);
            return new Load.Worker() {
                @Override
                public void run(long index) throws IOException {
                    for (ByteBuffer rest = body.duplicate(); rest.hasRemaining(); ) {
                        out.write(rest);
                    }
                    if (out.read(answer.clear()) < 0) {
                        throw new EOFException();
                    }
                }

                @Override
                public void close() {
                    try {
                        out.close();
                    } catch (IOException e) {
                        // nothing depends on it
                    }
                }
            };
        };
    }

    private static void drop(SocketChannel socket, int size) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(256 << 10);
        try (socket) {
            long got = 0;
            for (int n; (n = socket.read(buffer.clear())) >= 0; ) {
                got += n;
                if (got == size) {
                    got = 0;
                    socket.write(buffer.clear().limit(1));
                }
            }
        } catch (IOException e) {
            // the other end has gone
        }
    }
}
