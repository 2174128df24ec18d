package dev.landfall.ingest.http;

import dev.landfall.model.ErrorCode;
import dev.landfall.model.Json;
import dev.landfall.model.LandfallException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How an error is written down. */
public interface ErrorForm {
    /** The native API's. */
    ErrorForm JSON = new ErrorForm() {
        @Override
        public String contentType() {
            return "application/json";
        }

        @Override
        public byte[] write(ErrorCode code, String message, @Nullable String subject, String requestId) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("status", code.status());
            json.put("code", code.wire());
            json.put("message", message);
            if (subject != null) {
                json.put("key", subject);
            }
            json.put("requestId", requestId);
            return Json.write(json);
        }
    };

    String contentType();

    /** @param subject the key or name that the call is about */
    byte[] write(ErrorCode code, String message, @Nullable String subject, String requestId);

    /** What people read of an error: its own message, or the code's with what to do. */
    static String message(LandfallException error) {
        ErrorCode code = error.code();
        return error.getMessage().equals(code.sentence())
                ? code.sentence() + ". " + code.whatToDo()
                : error.getMessage();
    }
}
