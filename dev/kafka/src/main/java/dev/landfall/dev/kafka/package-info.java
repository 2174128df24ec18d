/** A real Kafka broker in this process. */
package dev.landfall.dev.kafka;
