/** The {@code landfall} command, and a whole cluster on one machine with Kafka and S3 in it. */
package dev.landfall.dev;
