package dev.landfall.ingest.http;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.LandfallException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** TLS of a listener, from files in PEM (RFC 7468). */
public final class Tls {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA");
    private static final int MAX_BYTES = 1 << 20;

    private Tls() {}

    /** @throws LandfallException {@code INVALID_ARGUMENT} with what is wrong with which file */
    public static SSLContext of(PemFiles files) {
        List<X509Certificate> chain = chain(files.certificate());
        PrivateKey key = key(files.key());
        if (!belong(key, chain.getFirst().getPublicKey())) {
            throw wrong(files.key(), "is not the key of the first certificate in " + files.certificate(), null);
        }
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("server", key, new char[0], chain.toArray(new Certificate[0]));
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, new char[0]);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw wrong(files.certificate(), "cannot be used", e);
        }
    }

    private static List<X509Certificate> chain(Path file) {
        try {
            var found =
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(read(file)));
            List<X509Certificate> chain =
                    found.stream().map(X509Certificate.class::cast).toList();
            if (!chain.isEmpty()) {
                return chain;
            }
        } catch (GeneralSecurityException e) {
            throw wrong(file, "is not a chain of certificates in PEM", e);
        }
        throw wrong(file, "has no certificate", null);
    }

    private static PrivateKey key(Path file) {
        String text = new String(read(file), StandardCharsets.ISO_8859_1);
        Matcher match = KEY.matcher(text);
        if (!match.find()) {
            throw wrong(
                    file,
                    "has no unencrypted PKCS#8 key (BEGIN PRIVATE KEY); openssl pkcs8 -topk8 -nocrypt makes one of others",
                    null);
        }
        byte[] bytes;
        try {
            bytes = Base64.getMimeDecoder().decode(match.group(1));
        } catch (IllegalArgumentException e) {
            throw wrong(file, "is not PEM", e);
        }
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(bytes));
            } catch (InvalidKeySpecException e) {
                // perhaps of the next one
            } catch (GeneralSecurityException e) {
                throw wrong(file, "cannot be used", e);
            }
        }
        throw wrong(file, "is not a key of " + ALGORITHMS, null);
    }

    private static boolean belong(PrivateKey key, PublicKey certified) {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> "EdDSA";
        };
        try {
            byte[] text = "landfall".getBytes(StandardCharsets.US_ASCII);
            Signature signing = Signature.getInstance(algorithm);
            signing.initSign(key);
            signing.update(text);
            byte[] signature = signing.sign();
            Signature verifying = Signature.getInstance(algorithm);
            verifying.initVerify(certified);
            verifying.update(text);
            return verifying.verify(signature);
        } catch (GeneralSecurityException e) {
            return false; // of different kinds
        }
    }

    private static byte[] read(Path file) {
        try {
            if (Files.size(file) <= MAX_BYTES) {
                return Files.readAllBytes(file);
            }
        } catch (IOException e) {
            throw wrong(file, "cannot be read", e);
        }
        throw wrong(file, "is too large to be one", null);
    }

    private static LandfallException wrong(Path file, String what, @org.jspecify.annotations.Nullable Throwable cause) {
        return new LandfallException(ErrorCode.INVALID_ARGUMENT, "The TLS file " + file + " " + what, cause);
    }
}
