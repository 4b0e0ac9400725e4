package motley.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/// Single calls to a coordinator, with problems as one line.
final class Calls {
    private Calls() {}

    static JsonNode get(CoordinatorOptions coordinator, String path) {
        return with(coordinator, api -> api.get(path));
    }

    static JsonNode post(CoordinatorOptions coordinator, String path) {
        return with(coordinator, api -> api.post(path, JsonNodeFactory.instance.objectNode()));
    }

    /// A call that may fail for want of a coordinator.
    interface Call<T> {
        T on(ApiClient api) throws IOException, InterruptedException;
    }

    static <T> T with(CoordinatorOptions coordinator, Call<T> call) {
        try (var api = coordinator.connect()) {
            return call.on(api);
        } catch (IOException e) {
            throw new UserException(String.valueOf(e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserException("interrupted", e);
        }
    }

    /// The fields of a JSON object, in order.
    static Map<String, Object> fields(JsonNode object) {
        var fields = new LinkedHashMap<String, Object>();
        for (var field : object.properties()) fields.put(field.getKey(), field.getValue());
        return fields;
    }
}
