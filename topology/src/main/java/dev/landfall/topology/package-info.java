/** Pipelines and jobs: the topology file, the planner on Kafka Streams, the workers, the jobs. */
package dev.landfall.topology;
