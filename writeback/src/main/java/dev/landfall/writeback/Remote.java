package dev.landfall.writeback;

import java.time.Duration;

/** An S3 endpoint in use. */
record Remote(String name, RemoteStore store, ConditionProbe probe, Health health, Duration attemptTimeout) {}
