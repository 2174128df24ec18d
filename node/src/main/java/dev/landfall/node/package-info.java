/** One node: configuration, wiring and the commands of a production installation. */
package dev.landfall.node;
