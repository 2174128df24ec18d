package dev.landfall.topology;

/** Where transforms come from. */
@FunctionalInterface
public interface TransformProvider {
    /** Called once for each transform of a topology version, before its first item. */
    Transform create(TransformSpec spec);
}
