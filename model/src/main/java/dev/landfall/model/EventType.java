package dev.landfall.model;

/** What an event says. Changes of objects go to {@code landfall.objects}, outcomes of write-back to {@code landfall.results}. */
public enum EventType {
    PUT("ObjectCreated:Put", true),
    DELETE("ObjectRemoved:Delete", true),
    UPLOADED("Landfall:Uploaded", false),
    PARKED("Landfall:Parked", false),
    SUPERSEDED("Landfall:Superseded", false);

    private final String wire;
    private final boolean change;

    EventType(String wire, boolean change) {
        this.wire = wire;
        this.change = change;
    }

    /** The {@code eventName}; as S3 spells it where S3 has one. */
    public String wire() {
        return wire;
    }

    public boolean isChange() {
        return change;
    }

    public static EventType parse(String wire) {
        for (EventType type : values()) {
            if (type.wire.equals(wire)) {
                return type;
            }
        }
        throw new IllegalArgumentException("Unknown event name " + wire);
    }
}
