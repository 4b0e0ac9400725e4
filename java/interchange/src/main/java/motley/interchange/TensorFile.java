package motley.interchange;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import motley.tensor.Tensor;

/// What a file of named tensors holds.
///
/// @param tensors by name, in the order of the file
/// @param metadata text by name, in the order of the file
public record TensorFile(Map<String, Tensor> tensors, Map<String, String> metadata) {
    public TensorFile {
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }
}
