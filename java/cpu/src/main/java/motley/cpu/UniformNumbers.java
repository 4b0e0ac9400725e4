package motley.cpu;

import motley.compiler.kernel.Kernel;
import motley.cpu.kernel.PhiloxUniform;
import motley.cpu.kernel.Threads;

/// Uniform numbers, row by row.
final class UniformNumbers {
    private UniformNumbers() {}

    static Task task(int stream, Kernel.Call call, Memory memory, Threads threads) {
        int key = memory.layout().offset(call.in().get(0).buffer());
        int rows = memory.layout().offset(call.in().get(1).buffer());
        int out = memory.layout().offset(call.out().buffer());
        int count = call.in().get(1).buffer().elements();
        int width = call.out().buffer().elements() / count;
        var f = memory.floats();
        var i = memory.ints();
        Threads.Body body =
                (row, _) ->
                        PhiloxUniform.fill(
                                f,
                                out + row * width,
                                width,
                                i[key],
                                i[key + 1],
                                i[rows + row],
                                stream);
        return () -> threads.forEach(count, body);
    }
}
