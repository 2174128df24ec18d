/** Buckets, the cluster's state, health and metrics over HTTP. */
package dev.landfall.ingest.admin;
