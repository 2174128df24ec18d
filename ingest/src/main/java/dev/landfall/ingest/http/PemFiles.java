package dev.landfall.ingest.http;

import java.nio.file.Path;

/**
 * The files of a listener's TLS, in PEM (RFC 7468).
 *
 * @param certificate the server's, then those between it and the one that clients trust
 * @param key of the certificate: PKCS#8, not encrypted
 */
public record PemFiles(Path certificate, Path key) {}
