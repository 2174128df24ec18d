/** The tiered store: the only way to read or change objects. Write-back modes, S3, lanes, cold reads, parking. */
package dev.landfall.writeback;
