/** Promote: files of this node's disks become objects. */
package dev.landfall.ingest.promote;
