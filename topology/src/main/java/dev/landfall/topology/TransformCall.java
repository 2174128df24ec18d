package dev.landfall.topology;

import dev.landfall.model.Generation;
import dev.landfall.model.ObjectKey;
import java.nio.file.Path;

/**
 * One run of a transform.
 *
 * @param source the object that the pipeline works on
 * @param input the file to read
 * @param borrowed whether the input is the store's own file: it may be read, but must not be shown to anybody who might write to it
 * @param output the file to write; it does not exist yet, and has the extension of what is wanted where that is known
 * @param directory for temporary files; removed after the attempt
 * @param attempt from 1
 */
public record TransformCall(
        ObjectKey source,
        Generation generation,
        Path input,
        boolean borrowed,
        Path output,
        Path directory,
        int attempt,
        Cancellation cancellation) {}
