/** {@code landfall demo}: the main job on real files, verified from the outside. */
package dev.landfall.dev.demo;
