/** HTTP: the front door, the node-to-node API, the relay from outbox to Kafka, promote. Offers routes to the modules above. */
package dev.landfall.ingest;
