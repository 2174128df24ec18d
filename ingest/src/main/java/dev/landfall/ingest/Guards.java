package dev.landfall.ingest;

import dev.landfall.ingest.auth.AuthConfig;
import dev.landfall.ingest.auth.FrontGate;
import dev.landfall.ingest.auth.Keys;
import dev.landfall.ingest.auth.Signatures;
import dev.landfall.ingest.http.ErrorForm;
import dev.landfall.ingest.http.Gate;
import dev.landfall.ingest.http.Guard;
import dev.landfall.ingest.s3.S3Errors;
import dev.landfall.model.ClusterView;
import dev.landfall.model.TimeSource;
import java.security.SecureRandom;
import java.util.function.Supplier;

/** Who may come in at which door. */
final class Guards {
    /** Where the S3 API is at the front door. */
    static final String S3_PATH = "/s3";

    private final AuthConfig config;
    private final Keys keys;
    private final Signatures signatures;
    private final ErrorForm s3Errors = new S3Errors();

    Guards(AuthConfig config, Supplier<ClusterView> view, TimeSource time) {
        this.config = config;
        this.keys = new Keys(config, view, new SecureRandom());
        this.signatures = Signatures.of(keys, time);
    }

    Keys keys() {
        return keys;
    }

    Guard front() {
        return new Guard(
                config.required(), new FrontGate(keys, signatures, config, S3_PATH, s3Errors), null, ErrorForm.JSON);
    }

    Guard s3() {
        return new Guard(true, new FrontGate(keys, signatures, config, null, s3Errors), null, s3Errors);
    }

    Guard peer() {
        var secret = config.secret();
        return secret == null ? Guard.LOOPBACK : new Guard(true, Gate.OPEN, secret.peerKey(), ErrorForm.JSON);
    }

    /** What this node says to others. */
    String peerKey() {
        var secret = config.secret();
        return secret == null ? "1" : secret.peerKey();
    }
}
