package dev.landfall.topology;

/**
 * A mistake in a topology file.
 *
 * @param line from 1
 * @param column from 1
 * @param path of the key, for example {@code pipelines.speech-to-wav.from}; empty for the file as a whole
 */
public record Problem(int line, int column, String path, String message) {
    @Override
    public String toString() {
        return line + ":" + column + " " + (path.isEmpty() ? "" : path + ": ") + message;
    }
}
