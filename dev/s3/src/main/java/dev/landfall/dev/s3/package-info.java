/** A real S3 server, in a process of its own. */
package dev.landfall.dev.s3;
