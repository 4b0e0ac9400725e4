package motley.worker;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import motley.tensor.Tensor;
import motley.tensor.TensorType;

/// Views of one stretch of memory in which tensors lie one after another, as parameters and
/// contributions travel.
final class ParameterSpan {
    private ParameterSpan() {}

    static long sizeBytes(List<TensorType> types) {
        long size = 0;
        for (var type : types) size += type.sizeBytes();
        return size;
    }

    static List<Tensor> views(List<TensorType> types, MemorySegment memory) {
        var views = new ArrayList<Tensor>();
        long at = 0;
        for (var type : types) {
            views.add(Tensor.of(type, memory.asSlice(at, type.sizeBytes())));
            at += type.sizeBytes();
        }
        return views;
    }
}
