/** The cluster log in Kafka, the cluster map and the coordinator. */
package dev.landfall.placement;
