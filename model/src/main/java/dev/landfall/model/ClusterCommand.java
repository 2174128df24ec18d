package dev.landfall.model;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** A change of the cluster's state that a node asks the coordinator to decide. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = ClusterCommand.RegisterNode.class, name = "registerNode"),
    @JsonSubTypes.Type(value = ClusterCommand.CreateBucket.class, name = "createBucket"),
    @JsonSubTypes.Type(value = ClusterCommand.DeleteBucket.class, name = "deleteBucket"),
    @JsonSubTypes.Type(value = ClusterCommand.ApplyTopology.class, name = "applyTopology"),
    @JsonSubTypes.Type(value = ClusterCommand.DeleteTopology.class, name = "deleteTopology"),
    @JsonSubTypes.Type(value = ClusterCommand.CreateJob.class, name = "createJob"),
    @JsonSubTypes.Type(value = ClusterCommand.CancelJob.class, name = "cancelJob"),
    @JsonSubTypes.Type(value = ClusterCommand.CreateKey.class, name = "createKey"),
    @JsonSubTypes.Type(value = ClusterCommand.DeleteKey.class, name = "deleteKey"),
})
public sealed interface ClusterCommand {
    record RegisterNode(NodeInfo node) implements ClusterCommand {}

    /** Equal specs: no change. Another spec under the name: {@link ErrorCode#BUCKET_EXISTS}. */
    record CreateBucket(BucketName name, BucketSpec spec) implements ClusterCommand {}

    record DeleteBucket(BucketName name) implements ClusterCommand {}

    /** Same text: no change. */
    record ApplyTopology(String name, String yaml) implements ClusterCommand {}

    record DeleteTopology(String name) implements ClusterCommand {}

    /** Writes the job and one {@link JobItem} for each target, in one transaction. */
    record CreateJob(JobSpec job) implements ClusterCommand {}

    record CancelJob(String id) implements ClusterCommand {}

    /** Another key under the id: {@link ErrorCode#INVALID_ARGUMENT}. */
    record CreateKey(AccessKey key) implements ClusterCommand {}

    record DeleteKey(String id) implements ClusterCommand {}
}
