package motley.compiler.memory;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import motley.compiler.kernel.Buffer;
import motley.compiler.kernel.Kernel;
import motley.compiler.kernel.Operand;

/// From which kernel to which each buffer's contents matter.
final class Lifetimes {
    /// Before the first kernel: where params are written.
    static final int START = -1;

    /// Numbers of kernels, both inclusive.
    record Span(int first, int last) {
        boolean overlaps(Span other) {
            return first <= other.last && other.first <= last;
        }
    }

    private final Map<Buffer, Span> spans = new LinkedHashMap<>();
    private final Map<Buffer, Integer> lastReads = new HashMap<>();
    private final int end;

    private Lifetimes(int end) {
        this.end = end;
    }

    static Lifetimes of(List<Operand> params, List<Operand> results, List<Kernel> kernels) {
        var lives = new Lifetimes(kernels.size());
        params.forEach(p -> lives.touch(p.buffer(), START));
        for (int i = 0; i < kernels.size(); i++) {
            for (var buffer : kernels.get(i).reads()) {
                lives.touch(buffer, i);
                lives.lastReads.put(buffer, i);
            }
            for (var buffer : kernels.get(i).writes()) lives.touch(buffer, i);
        }
        results.forEach(r -> lives.touch(r.buffer(), lives.end));
        params.forEach(p -> lives.touch(p.buffer(), lives.end));
        return lives;
    }

    private void touch(Buffer buffer, int at) {
        var span = spans.getOrDefault(buffer, new Span(at, at));
        spans.put(buffer, new Span(Math.min(span.first, at), Math.max(span.last, at)));
    }

    /// Every buffer, in order of first use.
    Iterable<Buffer> buffers() {
        return spans.keySet();
    }

    Span span(Buffer buffer) {
        var span = spans.get(buffer);
        if (span == null) throw new IllegalStateException(buffer + " is never used");
        return span;
    }

    /// The last kernel that reads `buffer`, or [#START].
    int lastRead(Buffer buffer) {
        return lastReads.getOrDefault(buffer, START);
    }
}
