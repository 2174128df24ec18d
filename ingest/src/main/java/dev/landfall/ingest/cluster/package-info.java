/** This node's part in the cluster: it registers, takes the partitions it is given, and brings decisions to the coordinator. */
package dev.landfall.ingest.cluster;
