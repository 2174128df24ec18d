/** The subcommands of {@code landfall} that a production installation has: one class each. */
package dev.landfall.node.cli;
