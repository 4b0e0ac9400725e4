package motley.cpu;

import java.util.List;
import motley.compiler.kernel.Access;

/// Index arithmetic of kernels at preparation time and in the interpreter.
final class Walk {
    private Walk() {}

    static int[] array(List<Integer> numbers) {
        return numbers.stream().mapToInt(Integer::intValue).toArray();
    }

    static int count(List<Integer> extents) {
        int count = 1;
        for (int extent : extents) count *= extent;
        return count;
    }

    /// The index in its arena of the first element of `access`.
    static int start(Access access, Memory memory) {
        return memory.layout().offset(access.buffer()) + access.offset();
    }

    /// Steps `index` through all points in row-major order; false after the last.
    static boolean next(int[] index, int[] extents, int from, int end) {
        for (int axis = end - 1; axis >= from; axis--) {
            if (++index[axis] < extents[axis]) return true;
            index[axis] = 0;
        }
        return false;
    }

    static int dot(int[] index, int[] strides, int end) {
        int sum = 0;
        for (int axis = 0; axis < end; axis++) sum += index[axis] * strides[axis];
        return sum;
    }
}
