package dev.landfall.writeback;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.services.s3.model.S3Exception;

class SdkErrorsTest {
    /** A proxy that loses the connection answers 503 by itself, and S3 may have the object. */
    @ParameterizedTest
    @CsvSource({
        "503,,false",
        "503,503,false",
        "429,,false",
        "408,,false",
        "500,InternalError,false",
        "503,SlowDown,true",
        "503,ServiceUnavailable,true",
        "400,RequestTimeout,true"
    })
    void onlyS3ItselfCanSayThatAnAttemptIsOver(int status, String code, boolean over) {
        var error = S3Exception.builder()
                .statusCode(status)
                .awsErrorDetails(AwsErrorDetails.builder().errorCode(code).build())
                .build();
        assertThat(SdkErrors.outcome((RuntimeException) error))
                .isInstanceOfSatisfying(
                        Outcome.Unclear.class,
                        unclear -> assertThat(unclear.over()).isEqualTo(over));
    }
}
