package dev.landfall.topology;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.Generation;
import dev.landfall.model.LandfallException;
import dev.landfall.model.ObjectKey;
import dev.landfall.writeback.ObjectData;
import dev.landfall.writeback.TieredStore;
import org.jspecify.annotations.Nullable;

/** The objects that items are about; all are this node's own. */
interface Sources {
    /** Whether the object still has this generation, or may have: an object that is only on S3 has none that could be compared. */
    boolean isCurrent(ObjectKey key, Generation generation);

    /** The data of this very generation, or null when there is another or none. */
    @Nullable
    ObjectData open(ObjectKey key, Generation generation);

    static Sources of(TieredStore store) {
        return new Sources() {
            @Override
            public boolean isCurrent(ObjectKey key, Generation generation) {
                try {
                    return matches(store.head(key).generation(), generation);
                } catch (LandfallException e) {
                    return !isAbsent(e);
                }
            }

            @Override
            public @Nullable ObjectData open(ObjectKey key, Generation generation) {
                ObjectData data;
                try {
                    data = store.get(key);
                } catch (LandfallException e) {
                    if (isAbsent(e)) {
                        return null;
                    }
                    throw e;
                }
                if (matches(data.info().generation(), generation)) {
                    return data;
                }
                data.close();
                return null;
            }
        };
    }

    private static boolean isAbsent(LandfallException e) {
        if (e.code() == ErrorCode.NO_SUCH_OBJECT || e.code() == ErrorCode.NO_SUCH_BUCKET) {
            return true;
        }
        throw e;
    }

    private static boolean matches(@Nullable Generation found, Generation wanted) {
        return found == null || found.equals(wanted);
    }
}
