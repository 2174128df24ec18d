/** The client side of the node-to-node API: pooled connections, streaming both ways, one kind of failure. */
package dev.landfall.ingest.peer;
