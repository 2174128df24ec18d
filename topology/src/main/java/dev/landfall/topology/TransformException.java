package dev.landfall.topology;

/** A transform that could not do its work. */
public final class TransformException extends Exception {
    private final boolean retryable;
    private final String detail;

    /**
     * @param retryable whether another attempt could end differently
     * @param detail what the transform itself said last, for example the end of its stderr; may be empty
     */
    public TransformException(String message, boolean retryable, String detail) {
        super(message);
        this.retryable = retryable;
        this.detail = detail;
    }

    public boolean retryable() {
        return retryable;
    }

    public String detail() {
        return detail;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
