package dev.landfall.node.config;

import java.nio.file.Path;

/**
 * TLS of the front door and of the port for S3: files in PEM.
 *
 * @param certificate the node's, then those between it and the one that clients trust
 * @param key of the certificate: PKCS#8, not encrypted
 */
public record TlsSettings(Path certificate, Path key) {}
