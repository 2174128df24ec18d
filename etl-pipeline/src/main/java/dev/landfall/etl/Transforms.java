package dev.landfall.etl;

import dev.landfall.topology.Transform;
import dev.landfall.topology.TransformProvider;
import dev.landfall.topology.TransformSpec;

/** Every kind of transform that this release has. */
public final class Transforms implements TransformProvider {
    @Override
    public Transform create(TransformSpec spec) {
        return switch (spec) {
            case TransformSpec.Exec exec -> new ExecTransform(exec);
        };
    }
}
