package motley.coordinator.models;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.stream.StreamMessage;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import motley.coordinator.access.Access;
import motley.coordinator.access.Caller;
import motley.coordinator.access.ShareRoutes;
import motley.coordinator.access.Shares;
import motley.coordinator.http.JsonFields;
import motley.coordinator.http.Problem;
import motley.coordinator.http.Reply;
import motley.coordinator.http.Route;
import motley.coordinator.http.Route.Scope;
import motley.coordinator.models.StoredModel.Version;
import motley.interchange.SavedModel;

/// Stored models over HTTP.
public final class ModelRoutes {
    private static final String ALL = "/v1/models";
    private static final String ONE = "/v1/models/{model}";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final StoredModels models;
    private final Access access;
    private final Users users;

    /// Knows what relies on a blob.
    public interface Users {
        /// @return the ids of the runs that began with it
        List<String> of(String blob);
    }

    public ModelRoutes(StoredModels models, Access access, Users users) {
        this.models = models;
        this.access = access;
        this.users = users;
    }

    public List<Route> routes() {
        var own =
                List.of(
                        // Reading a large file takes longer than most requests may.
                        Route.lengthy(HttpMethod.POST, ALL, Scope.REQUESTORS, this::add),
                        Route.brief(HttpMethod.GET, ALL, Scope.PEOPLE, this::list),
                        Route.brief(HttpMethod.GET, ONE, Scope.PEOPLE, this::show),
                        Route.lengthy(HttpMethod.GET, ONE + "/file", Scope.PEOPLE, this::file),
                        Route.brief(HttpMethod.DELETE, ONE, Scope.REQUESTORS, this::delete));
        var shared = new ShareRoutes.Shared(StoredModels.KIND, ONE, Shares.May.READ);
        var shares = new ShareRoutes(access, shared, this::mine).routes();
        return Stream.concat(own.stream(), shares.stream()).toList();
    }

    private String mine(ServiceRequestContext context) {
        return models.mine(Caller.of(context), name(context)).id();
    }

    private static String name(ServiceRequestContext context) {
        return String.valueOf(context.pathParam("model"));
    }

    private StoredModel find(ServiceRequestContext context) {
        return models.find(Caller.of(context), name(context));
    }

    private HttpResponse add(ServiceRequestContext context, HttpRequest request)
            throws IOException {
        var fields = JsonFields.of(request, Set.of("name", "files"));
        var added = models.add(Caller.of(context), fields.text("name"), fields.texts("files"));
        var headers =
                ResponseHeaders.builder(added.isNew() ? HttpStatus.CREATED : HttpStatus.OK)
                        .contentType(MediaType.JSON_UTF_8)
                        .add(HttpHeaderNames.LOCATION, "/v1/models/" + added.model().id())
                        .build();
        return HttpResponse.of(headers, HttpData.ofUtf8(json(context, added.model()).toString()));
    }

    private HttpResponse list(ServiceRequestContext context, HttpRequest request) {
        var seen = models.seenBy(Caller.of(context));
        return Reply.ok(Reply.list("models", seen, model -> json(context, model)));
    }

    private HttpResponse show(ServiceRequestContext context, HttpRequest request) {
        return Reply.ok(json(context, find(context)));
    }

    /// A version with its weights as a file; without weights the model as JSON.
    private HttpResponse file(ServiceRequestContext context, HttpRequest request)
            throws IOException {
        var model = find(context);
        var version = version(context, model);
        var file = models.file(version);
        var form = ModelForm.of(context);
        var name = model.id() + "-" + version.number();
        if (!version.hasWeights()) {
            if (context.queryParam("format") == null) return Reply.ok(description(file));
            throw new Problem(
                    HttpStatus.CONFLICT,
                    "format: %s (expected: none; %s has no weights yet)"
                            .formatted(form.word(), model.name()));
        }
        if (form != ModelForm.SAFETENSORS) return form.answer(SavedModel.read(file), name);
        return HttpResponse.of(form.headers(name, Files.size(file)), StreamMessage.of(file));
    }

    private static ObjectNode description(java.nio.file.Path file) throws IOException {
        return (ObjectNode) MAPPER.readTree(file.toFile());
    }

    private static Version version(ServiceRequestContext context, StoredModel model) {
        var text = context.queryParam("version");
        if (text == null) return model.newest();
        if (text.matches("[1-9][0-9]{0,8}")) {
            return StoredModels.version(model, Integer.parseInt(text));
        }
        throw new IllegalArgumentException(
                "version: %s (expected: 1 to %d)".formatted(text, model.newest().number()));
    }

    /// The caller must have seen what was made of it: the word is its id.
    private HttpResponse delete(ServiceRequestContext context, HttpRequest request)
            throws IOException {
        var model = models.mine(Caller.of(context), name(context));
        if (!model.id().equals(context.queryParam("confirm"))) {
            var runs = users(model);
            throw new Problem(
                    HttpStatus.CONFLICT,
                    "confirm: %s (expected: %s, to remove %s; runs that began with it: %s)"
                            .formatted(
                                    context.queryParam("confirm"),
                                    model.id(),
                                    model.name(),
                                    runs.isEmpty() ? "none" : String.join(", ", runs)));
        }
        models.delete(model, blob -> !users.of(blob).isEmpty());
        access.note(context, "model-remove", model.id());
        return HttpResponse.of(ResponseHeaders.of(HttpStatus.NO_CONTENT));
    }

    private List<String> users(StoredModel model) {
        return model.versions().stream()
                .filter(Version::hasWeights)
                .flatMap(version -> users.of(version.blob()).stream())
                .distinct()
                .toList();
    }

    private ObjectNode json(ServiceRequestContext context, StoredModel model) {
        boolean isMine = Caller.of(context).mayUse(model.owner());
        var object =
                Reply.object()
                        .put("id", model.id())
                        .put("name", model.name())
                        .put("owner", model.owner())
                        .put("ownerName", access.nameOf(model.owner()))
                        .put("isMine", isMine)
                        .put("createdAtMs", model.createdAtMs());
        var versions = object.putArray("versions");
        model.versions().forEach(version -> versions.add(json(version)));
        if (!isMine) return object;
        var runs = object.putArray("usedBy");
        users(model).forEach(runs::add);
        var thing = new Shares.Thing(StoredModels.KIND, model.id());
        return object.put("isShared", !access.shares().of(thing).isEmpty());
    }

    private static ObjectNode json(Version version) {
        try {
            var object = (ObjectNode) MAPPER.readTree(version.description());
            return object.put("version", version.number())
                    .put("blob", version.blob())
                    .put("hasWeights", version.hasWeights())
                    .put("size", version.sizeBytes())
                    .put("createdAtMs", version.createdAtMs());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a description is JSON", e);
        }
    }
}
