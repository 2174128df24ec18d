package dev.landfall.client;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A caller's stream: its failure is not one of the network, so the outcome is known. */
final class Source extends FilterInputStream {
    Source(InputStream in) {
        super(in);
    }

    @Override
    public int read() throws IOException {
        try {
            return super.read();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
        try {
            return super.read(bytes, from, length);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** It stays the caller's. */
    @Override
    public void close() {}

    private static LandfallException failed(IOException e) {
        return new LandfallException(
                ErrorCode.INCOMPLETE_BODY, "The stream to put failed, so nothing was stored: " + e.getMessage(), e);
    }
}
