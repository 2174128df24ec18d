/** The storage engine of one node: mountpaths, index, data files, outbox, dirty index, integrity. Knows nothing of HTTP, S3 or Kafka. */
package dev.landfall.targets;
