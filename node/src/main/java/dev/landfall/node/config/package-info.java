/** The configuration of a node, as a tree of records read from one YAML file. */
package dev.landfall.node.config;
