package motley.coordinator.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import java.util.List;
import java.util.function.Function;

/// Answers in JSON.
public final class Reply {
    private Reply() {}

    public static HttpResponse ok(ObjectNode body) {
        return of(HttpStatus.OK, body);
    }

    public static HttpResponse of(HttpStatus status, ObjectNode body) {
        return HttpResponse.of(status, MediaType.JSON_UTF_8, body.toString());
    }

    /// An object without fields.
    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /// An object with one field, `name`, that holds the items.
    public static <T> ObjectNode list(String name, List<T> items, Function<T, ObjectNode> form) {
        var object = object();
        var array = object.putArray(name);
        items.forEach(item -> array.add(form.apply(item)));
        return object;
    }
}
