package motley.coordinator.models;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import motley.coordinator.http.Problem;
import motley.interchange.Npz;
import motley.interchange.SavedModel;
import motley.interchange.keras.KerasWriter;

/// The forms in which a model with its weights goes out.
public enum ModelForm {
    SAFETENSORS,
    KERAS,
    H5,
    NPZ;

    /// Of the parameters: a file is made in memory, three times over.
    private static final long BYTES_MAX = Math.min(1L << 30, Runtime.getRuntime().maxMemory() / 8);

    /// What `?format=` asks for; safetensors where it is absent.
    ///
    /// @throws IllegalArgumentException if it is none of them
    public static ModelForm of(ServiceRequestContext context) {
        var word = context.queryParam("format");
        if (word == null) return SAFETENSORS;
        return Stream.of(values())
                .filter(form -> form.word().equals(word))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "format: %s (expected: one of %s)"
                                                .formatted(word, words())));
    }

    private static String words() {
        return Stream.of(values()).map(ModelForm::word).collect(Collectors.joining(", "));
    }

    /// Also the ending of a file's name.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Headers of an answer that is a file.
    public ResponseHeaders headers(String name, long sizeBytes) {
        return ResponseHeaders.builder(HttpStatus.OK)
                .contentType(MediaType.OCTET_STREAM)
                .contentLength(sizeBytes)
                .add(
                        HttpHeaderNames.CONTENT_DISPOSITION,
                        "attachment; filename=\"%s.%s\"".formatted(name, word()))
                .build();
    }

    /// A model as a file of this form; one at a time, since it is made in memory.
    ///
    /// @param name of the file, without its ending
    /// @throws IllegalArgumentException if the model has no such form
    /// @throws Problem if it is too large for that
    public HttpResponse answer(SavedModel saved, String name) {
        long bytes = 0;
        for (var weight : saved.weights()) bytes += weight.type().sizeBytes();
        if (this != SAFETENSORS && bytes > BYTES_MAX) {
            throw new Problem(
                    HttpStatus.REQUEST_ENTITY_TOO_LARGE,
                    "format: %s of %d bytes (expected: at most %d; safetensors have no such limit)"
                            .formatted(word(), bytes, BYTES_MAX));
        }
        byte[] file;
        synchronized (ModelForm.class) {
            file = bytes(saved);
        }
        return HttpResponse.of(headers(name, file.length), HttpData.wrap(file));
    }

    private byte[] bytes(SavedModel saved) {
        return switch (this) {
            case KERAS -> KerasWriter.archive(saved, Optional.empty());
            case H5 -> KerasWriter.legacy(saved);
            case NPZ -> Npz.of(saved.tensors());
            case SAFETENSORS ->
                    throw new IllegalStateException("safetensors are streamed from their file");
        };
    }
}
