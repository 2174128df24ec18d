/** The operations on objects, for both doors: one class each. */
package dev.landfall.ingest.objects;
