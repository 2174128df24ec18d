package dev.landfall.topology;

/** Makes one file of another. Called from several threads at once. */
@FunctionalInterface
public interface Transform {
    /**
     * Writes the output file, whole, or throws. Returns or throws soon after the call was cancelled; what it wrote is then thrown away.
     *
     * @throws TransformException when it could not be done; what else is thrown counts as a failure that may pass
     */
    void run(TransformCall call) throws TransformException, java.io.IOException;
}
