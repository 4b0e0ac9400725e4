package motley.coordinator.datasets;

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
import com.linecorp.armeria.server.ServiceRequestContext;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import motley.coordinator.access.Access;
import motley.coordinator.access.Caller;
import motley.coordinator.access.ShareRoutes;
import motley.coordinator.access.Shares;
import motley.coordinator.datasets.Version.Status;
import motley.coordinator.http.JsonFields;
import motley.coordinator.http.Problem;
import motley.coordinator.http.Reply;
import motley.coordinator.http.Route;
import motley.coordinator.http.Route.Scope;
import motley.coordinator.storage.BlobStore;

/// Data sets over HTTP.
public final class DatasetRoutes {
    private static final String ALL = "/v1/datasets";
    private static final String ONE = "/v1/datasets/{dataset}";
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int PREVIEW_DEFAULT = 16;
    private static final int PREVIEW_MAX = 64;

    private final Datasets datasets;
    private final BlobStore blobs;
    private final Access access;
    private final Dependents dependents;

    /// Knows what relies on a data set.
    public interface Dependents {
        /// @return the ids of runs, those that are not over first
        List<Dependent> of(String dataset);
    }

    /// @param isActive whether it still needs the samples
    public record Dependent(String id, boolean isActive) {}

    public DatasetRoutes(Datasets datasets, BlobStore blobs, Access access, Dependents dependents) {
        this.datasets = datasets;
        this.blobs = blobs;
        this.access = access;
        this.dependents = dependents;
    }

    public List<Route> routes() {
        var shared = new ShareRoutes.Shared(Datasets.KIND, ONE, Shares.May.READ);
        var shares = new ShareRoutes(access, shared, c -> mine(c).id()).routes();
        return Stream.concat(own().stream(), shares.stream()).toList();
    }

    private List<Route> own() {
        return List.of(
                Route.brief(HttpMethod.POST, ALL, Scope.REQUESTORS, this::create),
                Route.brief(HttpMethod.GET, ALL, Scope.PEOPLE, this::list),
                Route.brief(HttpMethod.GET, ONE, Scope.PEOPLE, this::show),
                Route.brief(HttpMethod.POST, ONE + "/versions", Scope.REQUESTORS, this::add),
                Route.brief(HttpMethod.GET, ONE + "/preview", Scope.PEOPLE, this::preview),
                Route.brief(HttpMethod.DELETE, ONE, Scope.REQUESTORS, this::delete));
    }

    private HttpResponse create(ServiceRequestContext context, HttpRequest request)
            throws IOException {
        var fields = JsonFields.of(request, Recipe.fieldsAnd("name"));
        var name = fields.text("name");
        return accepted(context, datasets.create(Caller.of(context), name, Recipe.of(fields)));
    }

    private HttpResponse add(ServiceRequestContext context, HttpRequest request)
            throws IOException {
        var id = find(context).id();
        var fields = JsonFields.of(request, Recipe.FIELDS);
        return accepted(context, datasets.add(Caller.of(context), id, Recipe.of(fields)));
    }

    private HttpResponse accepted(ServiceRequestContext context, Dataset dataset) {
        return HttpResponse.of(
                ResponseHeaders.builder(HttpStatus.ACCEPTED)
                        .contentType(MediaType.JSON_UTF_8)
                        .add(HttpHeaderNames.LOCATION, "/v1/datasets/" + dataset.id())
                        .build(),
                HttpData.ofUtf8(json(context, dataset).toString()));
    }

    private HttpResponse list(ServiceRequestContext context, HttpRequest request) {
        var seen = datasets.seenBy(Caller.of(context));
        return Reply.ok(Reply.list("datasets", seen, dataset -> json(context, dataset)));
    }

    private HttpResponse show(ServiceRequestContext context, HttpRequest request) {
        return Reply.ok(json(context, find(context)));
    }

    private HttpResponse preview(ServiceRequestContext context, HttpRequest request)
            throws IOException {
        var dataset = find(context);
        var version = version(context, dataset);
        int count = number(context, "count", PREVIEW_DEFAULT, PREVIEW_MAX);
        var preview = new Preview(blobs, datasets.index(version)).of(count);
        preview.set("version", json(dataset, version));
        return Reply.ok(preview);
    }

    private static Version version(ServiceRequestContext context, Dataset dataset) {
        var newest =
                dataset.newest()
                        .orElseThrow(
                                () ->
                                        new Problem(
                                                HttpStatus.CONFLICT,
                                                "dataset: %s has no version that is ready"
                                                        .formatted(dataset.name())));
        int number = number(context, "version", newest.number(), Integer.MAX_VALUE);
        return dataset.versions().stream()
                .filter(version -> version.number() == number && version.status() == Status.READY)
                .findFirst()
                .orElseThrow(() -> Problem.notFound("version", "" + number));
    }

    private static int number(ServiceRequestContext context, String name, int usual, int max) {
        var text = context.queryParam(name);
        if (text == null) return usual;
        boolean isNumber = text.matches("[0-9]{1,9}");
        int number = isNumber ? Integer.parseInt(text) : 0;
        if (number >= 1 && number <= max) return number;
        throw new IllegalArgumentException("%s: %s (expected: 1 to %d)".formatted(name, text, max));
    }

    /// The caller must have seen what relies on it: the word is its id.
    private HttpResponse delete(ServiceRequestContext context, HttpRequest request)
            throws IOException {
        var dataset = mine(context);
        var users = dependents.of(dataset.id());
        var active = users.stream().filter(Dependent::isActive).map(Dependent::id).toList();
        if (!active.isEmpty()) {
            throw new Problem(
                    HttpStatus.CONFLICT,
                    "dataset: %s is needed by runs that are not over: %s (expected: none)"
                            .formatted(dataset.name(), String.join(", ", active)));
        }
        if (!dataset.id().equals(context.queryParam("confirm"))) {
            var ids = users.stream().map(Dependent::id).toList();
            throw new Problem(
                    HttpStatus.CONFLICT,
                    "confirm: %s (expected: %s, to remove %s; runs made of it: %s)"
                            .formatted(
                                    context.queryParam("confirm"),
                                    dataset.id(),
                                    dataset.name(),
                                    ids.isEmpty() ? "none" : String.join(", ", ids)));
        }
        datasets.delete(Caller.of(context), dataset.id());
        return HttpResponse.of(ResponseHeaders.of(HttpStatus.NO_CONTENT));
    }

    private Dataset find(ServiceRequestContext context) {
        return datasets.find(Caller.of(context), String.valueOf(context.pathParam("dataset")));
    }

    private Dataset mine(ServiceRequestContext context) {
        return datasets.mine(Caller.of(context), String.valueOf(context.pathParam("dataset")));
    }

    private ObjectNode json(ServiceRequestContext context, Dataset dataset) {
        boolean isMine = Caller.of(context).mayUse(dataset.owner());
        var object =
                Reply.object()
                        .put("id", dataset.id())
                        .put("name", dataset.name())
                        .put("owner", dataset.owner())
                        .put("ownerName", access.nameOf(dataset.owner()))
                        .put("isMine", isMine)
                        .put("createdAtMs", dataset.createdAtMs());
        var versions = object.putArray("versions");
        dataset.versions().forEach(version -> versions.add(json(dataset, version)));
        if (!isMine) return object;
        var runs = object.putArray("usedBy");
        dependents.of(dataset.id()).forEach(run -> runs.add(run.id()));
        var thing = new Shares.Thing(Datasets.KIND, dataset.id());
        return object.put("isShared", !access.shares().of(thing).isEmpty());
    }

    private ObjectNode json(Dataset dataset, Version version) {
        var object =
                Reply.object()
                        .put("version", version.number())
                        .put("status", DatasetRows.word(version.status()))
                        .put("createdAtMs", version.createdAtMs());
        if (!version.reason().isEmpty()) object.put("reason", version.reason());
        if (version.status() == Status.PREPARING) {
            object.put("samplesDone", datasets.samplesDone(dataset.id()));
        }
        if (version.status() != Status.READY) return object;
        object.put("index", version.indexSha256().orElse(""))
                .put("trainSamples", version.trainSamples())
                .put("testSamples", version.testSamples())
                .put("size", version.sizeBytes());
        try {
            object.setAll((ObjectNode) MAPPER.readTree(version.description()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a description is JSON", e);
        }
        return object;
    }
}
