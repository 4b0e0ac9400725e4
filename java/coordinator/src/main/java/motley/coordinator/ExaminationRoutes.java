package motley.coordinator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import motley.coordinator.http.Problem;
import motley.coordinator.http.Reply;
import motley.coordinator.http.Route;
import motley.coordinator.http.Route.Scope;
import motley.coordinator.storage.BlobStore;
import motley.data.DatasetException;
import motley.data.LabelledImages;
import motley.data.Samples;
import motley.data.SplitSamples;

/// Examines what a run has learnt, one run at a time; the answers of the last few are kept.
final class ExaminationRoutes {
    private static final int KEPT_MAX = 16;

    private final RunRoutes found;
    private final Runs runs;
    private final BlobStore blobs;
    private final Map<String, ObjectNode> kept = new LinkedHashMap<>();

    ExaminationRoutes(RunRoutes found, Runs runs, BlobStore blobs) {
        this.found = found;
        this.runs = runs;
        this.blobs = blobs;
    }

    List<Route> routes() {
        return List.of(
                // The first examination of a large model takes longer than a brief answer may.
                Route.lengthy(
                        HttpMethod.GET, "/v1/runs/{run}/examination", Scope.PEOPLE, this::answer));
    }

    private HttpResponse answer(ServiceRequestContext context, HttpRequest request)
            throws IOException {
        var run = found.find(context);
        var model = run.plan().model();
        var weights = runs.weights(run);
        var samples = Examination.fits(model) ? samples(run.request()) : Optional.<Samples>empty();
        if (weights.isEmpty() || samples.isEmpty()) {
            throw new Problem(
                    HttpStatus.CONFLICT,
                    "run: %s cannot be examined (expected: classes, test samples and a checkpoint)"
                            .formatted(run.id()));
        }
        return Reply.ok(examined(run, weights.get(), samples.get()));
    }

    /// Weights are named by what they are, so that an answer stays true.
    private synchronized ObjectNode examined(RunHandle run, Path weights, Samples samples)
            throws IOException {
        var key = run.id() + " " + weights.getFileName();
        var known = kept.get(key);
        if (known != null) return known;
        var answer = Examination.of(run.plan().model(), weights, samples, runs.engine());
        kept.put(key, answer);
        if (kept.size() > KEPT_MAX) kept.remove(kept.keySet().iterator().next());
        return answer;
    }

    /// The test samples; empty where the run has none that lie here.
    private Optional<Samples> samples(RunRequest request) {
        var dataset = request.dataset();
        if (dataset.testSamples() == 0) return Optional.empty();
        try {
            if (dataset instanceof RunRequest.HeldBack(var whole, double _, var held)) {
                return train(whole, request).map(all -> held.split(all).test());
            }
            if (dataset instanceof RunRequest.Images(var _, var test, int classes)) {
                return images(test, classes);
            }
            return split(dataset, request).map(SplitSamples::test);
        } catch (DatasetException | IOException e) {
            return Optional.empty(); // Removed since.
        }
    }

    private Optional<Samples> train(RunRequest.Dataset whole, RunRequest request)
            throws IOException {
        if (whole instanceof RunRequest.Images(var train, var _, int classes)) {
            return images(train, classes);
        }
        return split(whole, request).map(SplitSamples::train);
    }

    private Optional<Samples> images(RunRequest.Part part, int classes) {
        var images = blobs.find(part.images());
        var labels = blobs.find(part.labels());
        if (images.isEmpty() || labels.isEmpty()) return Optional.empty();
        return Optional.of(LabelledImages.read(images.get(), labels.get(), classes));
    }

    private Optional<SplitSamples> split(RunRequest.Dataset dataset, RunRequest request)
            throws IOException {
        if (dataset instanceof RunRequest.Whole whole && whole.form() == RunRequest.Form.ARRAYS) {
            return blobs.find(whole.blob()).map(SplitSamples::ofArrays);
        }
        if (dataset instanceof RunRequest.Stored stored) {
            return Optional.of(StoredSamples.of(stored, request.model(), blobs));
        }
        return Optional.empty();
    }
}
