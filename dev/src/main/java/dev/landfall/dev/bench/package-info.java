@org.jspecify.annotations.NullMarked
package dev.landfall.dev.bench;
