package motley.coordinator;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.stream.StreamMessage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import motley.coordinator.models.ModelForm;
import motley.coordinator.storage.BlobStore;
import motley.interchange.MalformedFileException;
import motley.interchange.SavedModel;
import motley.nn.Model;
import motley.tensor.Tensor;

/// What runs learn, in the forms that people ask for.
final class RunModels {
    /// Runs that go on from runs, at most, until one that says what it began with.
    private static final int ANCESTORS_MAX = 1_000;

    private final Runs runs;
    private final BlobStore blobs;

    RunModels(Runs runs, BlobStore blobs) {
        this.runs = runs;
        this.blobs = blobs;
    }

    /// The runs that began with a blob.
    List<String> users(String blob) {
        return runs.all().stream()
                .filter(run -> run.request().initialWeights().filter(blob::equals).isPresent())
                .map(RunHandle::id)
                .toList();
    }

    /// @param elements f32 in the order of the model
    HttpResponse answer(RunHandle run, Path elements, ModelForm form) throws IOException {
        var keras = keras(run);
        var model = run.plan().model();
        if (form != ModelForm.SAFETENSORS) {
            var saved = new SavedModel(model, weights(model, elements), keras);
            return form.answer(saved, run.id());
        }
        var file = ModelFile.of(model, keras, elements);
        StreamMessage<HttpData> head = StreamMessage.of(HttpData.wrap(file.header().bytes()));
        return HttpResponse.of(
                form.headers(run.id(), file.sizeBytes()),
                StreamMessage.concat(head, StreamMessage.of(elements)));
    }

    /// The Keras model that a run, or the first one before it, began with.
    Optional<String> keras(RunHandle run) throws IOException {
        var at = Optional.of(run);
        for (int i = 0; i < ANCESTORS_MAX && at.isPresent(); i++) {
            var request = at.get().request();
            if (request.initialWeights().isPresent()) {
                return keras(request.initialWeights().get(), run.plan().model());
            }
            at = request.ancestor().map(RunRequest.Ancestor::run).flatMap(runs::find);
        }
        return Optional.empty();
    }

    private Optional<String> keras(String blob, Model model) throws IOException {
        var file = blobs.find(blob);
        if (file.isEmpty()) return Optional.empty();
        try {
            var saved = SavedModel.read(file.get());
            return saved.model().nodes().equals(model.nodes()) ? saved.keras() : Optional.empty();
        } catch (MalformedFileException e) {
            return Optional.empty(); // Weights alone.
        }
    }

    private static List<Tensor> weights(Model model, Path elements) throws IOException {
        try (var channel = FileChannel.open(elements, StandardOpenOption.READ)) {
            var all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
            var weights = new ArrayList<Tensor>();
            long at = 0;
            for (var spec : model.parameters()) {
                long size = spec.type().sizeBytes();
                weights.add(Tensor.of(spec.type(), all.asSlice(at, size)));
                at += size;
            }
            return weights;
        }
    }
}
