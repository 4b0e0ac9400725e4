package motley.coordinator.repeats;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.ResponseHeaders;
import java.nio.charset.StandardCharsets;
import motley.coordinator.http.Reply;

/// An answer as it can be given again.
///
/// @param type of the body; empty: there is none
/// @param location of what was made; empty: that was not said
record KeptReply(int status, String type, String location, String body) {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String REPLAYED = "idempotency-replayed";

    static KeptReply of(AggregatedHttpResponse response) {
        var headers = response.headers();
        return new KeptReply(
                response.status().code(),
                headers.get(HttpHeaderNames.CONTENT_TYPE, ""),
                headers.get(HttpHeaderNames.LOCATION, ""),
                response.contentUtf8());
    }

    byte[] bytes() {
        return Reply.object()
                .put("status", status)
                .put("type", type)
                .put("location", location)
                .put("body", body)
                .toString()
                .getBytes(StandardCharsets.UTF_8);
    }

    static KeptReply parse(byte[] bytes) {
        try {
            var fields = MAPPER.readTree(new String(bytes, StandardCharsets.UTF_8));
            return new KeptReply(
                    fields.path("status").intValue(),
                    fields.path("type").textValue(),
                    fields.path("location").textValue(),
                    fields.path("body").textValue());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a kept reply is JSON", e);
        }
    }

    /// The answer once more; it says that it is.
    HttpResponse response() {
        var headers = ResponseHeaders.builder(HttpStatus.valueOf(status)).add(REPLAYED, "true");
        if (!type.isEmpty()) headers.add(HttpHeaderNames.CONTENT_TYPE, type);
        if (!location.isEmpty()) headers.add(HttpHeaderNames.LOCATION, location);
        return HttpResponse.of(headers.build(), HttpData.ofUtf8(body));
    }
}
