/** The HTTP server of a door: exact paths, limits, bodies on worker threads, replies and errors. Knows nothing of objects. */
package dev.landfall.ingest.http;
