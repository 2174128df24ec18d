/** Carries committed events from the outbox to Kafka. */
package dev.landfall.ingest.relay;
