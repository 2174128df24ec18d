package dev.landfall.writeback;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.util.Set;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/** The one place that says what an error of the SDK means: by its type, its status and its S3 error code, never by its text. */
final class SdkErrors {
    /**
     * Codes with which S3 itself says that it did not carry the request out. Never the status alone: a proxy in front of it answers 503
     * when it loses the connection, and S3 may have everything.
     */
    private static final Set<String> OVER = Set.of(
            "SlowDown",
            "ServiceUnavailable",
            "RequestTimeout",
            "TooManyRequests",
            "Throttling",
            "ThrottlingException",
            "RequestLimitExceeded",
            "BandwidthLimitExceeded",
            "ServerBusy");

    private SdkErrors() {}

    static Outcome outcome(RuntimeException e) {
        return e instanceof AwsServiceException answered ? answered(answered) : unanswered(e);
    }

    /** Whether S3 said that the object (not its bucket) is not there. */
    static boolean isNoSuchObject(RuntimeException e) {
        return e instanceof AwsServiceException s && s.statusCode() == 404 && !code(s).equals("NoSuchBucket");
    }

    private static Outcome answered(AwsServiceException e) {
        int status = e.statusCode();
        String code = code(e);
        String detail = "S3 answered " + status + (code.isEmpty() ? "" : " " + code);
        if (status == 412 || status == 409) {
            return new Outcome.ConditionFailed();
        }
        if (status == 501 && code.equals("NotImplemented")) {
            return new Outcome.Refused(detail, status);
        }
        // 400 RequestTimeout: S3 gave up waiting for the body, which is the network's fault and not the request's.
        if (status == 408 || status == 429 || status >= 500 || code.equals("RequestTimeout")) {
            return new Outcome.Unclear(OVER.contains(code), detail);
        }
        return new Outcome.Refused(detail, status);
    }

    private static Outcome unanswered(RuntimeException e) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof ConnectException
                    || t instanceof UnknownHostException
                    || t instanceof NoRouteToHostException
                    || t instanceof ConnectTimeoutException
                    || t instanceof ConnectionRequestTimeoutException
                    || t instanceof SSLHandshakeException
                    || t instanceof SSLPeerUnverifiedException) {
                return new Outcome.NotSent(
                        "S3 cannot be reached: " + t.getClass().getSimpleName());
            }
        }
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return new Outcome.Unclear(
                false, "S3 did not answer: " + root.getClass().getSimpleName());
    }

    private static String code(AwsServiceException e) {
        AwsErrorDetails details = e.awsErrorDetails();
        String code = details == null ? null : details.errorCode();
        return code == null ? "" : code;
    }
}
