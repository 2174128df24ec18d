/** The vocabulary of Landfall and its wire forms: keys, generations, records, events, specs. No I/O and no Kafka. */
package dev.landfall.model;
