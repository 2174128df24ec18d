/** The Java client: learns the cluster map over HTTP and goes to the owner of a key itself. */
package dev.landfall.client;
