package dev.landfall.ingest;

import java.lang.reflect.Method;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.protocol.MarshallingType;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.core.traits.RequiredTrait;
import software.amazon.awssdk.services.s3.model.S3Request;
import software.amazon.awssdk.utils.builder.Buildable;

/** Requests of the AWS SDK, of any type, with everything in them that their type requires. */
final class SampleRequests {
    private SampleRequests() {}

    /** Of this type, about this object. */
    static S3Request of(Class<? extends S3Request> type, String bucket, String key) {
        try {
            Method builder = type.getMethod("builder");
            var filled = (SdkPojo) builder.invoke(null);
            fill(filled, Map.of("Bucket", bucket, "Key", key, "CopySource", bucket + "/" + key));
            return (S3Request) ((Buildable) filled).build();
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(type.getName(), e);
        }
    }

    private static void fill(SdkPojo builder, Map<String, String> known) {
        for (SdkField<?> field : builder.sdkFields()) {
            String value = known.get(field.memberName());
            if (value != null && field.marshallingType() == MarshallingType.STRING) {
                field.set(builder, value);
            } else if (field.containsTrait(RequiredTrait.class)) {
                field.set(builder, sample(field));
            }
        }
    }

    private static Object sample(SdkField<?> field) {
        MarshallingType<?> type = field.marshallingType();
        if (type == MarshallingType.STRING) {
            return "sample";
        } else if (type == MarshallingType.INTEGER) {
            return 1;
        } else if (type == MarshallingType.LONG) {
            return 1L;
        } else if (type == MarshallingType.BOOLEAN) {
            return true;
        } else if (type == MarshallingType.INSTANT) {
            return Instant.EPOCH;
        } else if (type == MarshallingType.LIST) {
            return List.of(sample(field.getTrait(ListTrait.class).memberFieldInfo()));
        } else if (type == MarshallingType.SDK_POJO) {
            SdkPojo nested = field.constructor().get();
            fill(nested, Map.of());
            return ((Buildable) nested).build();
        }
        throw new AssertionError("No sample of " + field.memberName() + ", " + type.getTargetClass());
    }
}
