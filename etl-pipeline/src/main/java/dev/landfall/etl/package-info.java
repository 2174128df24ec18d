/** Transforms: commands that make one file of another. */
package dev.landfall.etl;
