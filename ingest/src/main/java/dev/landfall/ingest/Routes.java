package dev.landfall.ingest;

/** Where modules add what they serve under {@code /api/v1}. Add everything before the server starts. */
public interface Routes {
    /**
     * @param method for example {@code GET}
     * @param template for example {@code /api/v1/topologies/{name}}; a last segment {@code {name...}} takes the rest of the path
     */
    void add(String method, String template, Handler handler);

    /** Runs on a worker thread: it may block. A {@link dev.landfall.model.LandfallException} becomes the error reply. */
    @FunctionalInterface
    interface Handler {
        void handle(Call call) throws Exception;
    }
}
