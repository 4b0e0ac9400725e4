package motley.app;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;

/// A session as browsers have them: a cookie, and what must be sent back beside it.
///
/// @param answer what the coordinator said when it began
record ApiSession(ApiClient api, String cookie, JsonNode answer) {
    JsonNode post(String path, JsonNode body) throws IOException, InterruptedException {
        return api.inSession("POST", path, body.toString(), this);
    }

    void end() throws IOException, InterruptedException {
        var _ = api.inSession("DELETE", "/v1/session", "", this);
    }

    String csrf() {
        return answer.path("csrf").asText();
    }
}
