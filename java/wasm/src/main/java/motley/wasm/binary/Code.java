package motley.wasm.binary;

import static motley.tensor.Require.require;

import java.util.ArrayList;
import java.util.List;

/// Writes the body of one function and checks it on the way: each instruction must find operands of
/// its types on the stack, and blocks leave the stack as they found it. So what a browser's
/// validator would refuse fails here, where it was written.
public final class Code {
    /// Most locals of a function, parameters among them; browsers refuse more.
    public static final int LOCALS_MAX = 50_000;

    private static final int EMPTY_BLOCK = 0x40;
    private static final int BLOCK = 0x02;
    private static final int LOOP = 0x03;
    private static final int IF = 0x04;
    private static final int ELSE = 0x05;
    private static final int END = 0x0B;
    private static final int BRANCH = 0x0C;
    private static final int BRANCH_IF = 0x0D;
    private static final int CALL = 0x10;
    private static final int GET = 0x20;
    private static final int SET = 0x21;
    private static final int TEE = 0x22;
    private static final int GLOBAL_GET = 0x23;
    private static final int GLOBAL_SET = 0x24;
    private static final int I32_CONST = 0x41;
    private static final int I64_CONST = 0x42;
    private static final int F32_CONST = 0x43;
    private static final int VECTOR = 0xFD;
    private static final int BULK = 0xFC;
    private static final int V128_CONST = 0x0C;
    private static final int COPY = 10;
    private static final int FILL = 11;

    /// The exponent of the alignment that every access has: four bytes.
    private static final int ALIGNMENT = 2;

    private final Bytes out = new Bytes();
    private final FunctionType type;
    private final List<Local> params = new ArrayList<>();
    private final List<ValueType> locals = new ArrayList<>();
    private final List<ValueType> stack = new ArrayList<>();
    private int floor;

    Code(FunctionType type) {
        this.type = type;
        for (var param : type.params()) params.add(new Local(params.size(), param));
    }

    public Local param(int index) {
        return params.get(index);
    }

    /// A new variable; it is 0 at first.
    public Local local(ValueType valueType) {
        int index = params.size() + locals.size();
        require(index < LOCALS_MAX, "locals: %d (expected: below %d)", index, LOCALS_MAX);
        locals.add(valueType);
        return new Local(index, valueType);
    }

    public Local i32Local() {
        return local(ValueType.I32);
    }

    public Local vector() {
        return local(ValueType.V128);
    }

    // ---- Variables and constants -----------------------------------------------------------

    public Code get(Local local) {
        push(local.type());
        out.octet(GET).unsigned(local.index());
        return this;
    }

    public Code set(Local local) {
        pop(local.type(), "local.set");
        out.octet(SET).unsigned(local.index());
        return this;
    }

    /// Sets without taking the value from the stack.
    public Code tee(Local local) {
        pop(local.type(), "local.tee");
        push(local.type());
        out.octet(TEE).unsigned(local.index());
        return this;
    }

    public Code get(Global global) {
        push(ValueType.I32);
        out.octet(GLOBAL_GET).unsigned(global.index());
        return this;
    }

    public Code set(Global global) {
        pop(ValueType.I32, "global.set");
        out.octet(GLOBAL_SET).unsigned(global.index());
        return this;
    }

    public Code i32(int value) {
        push(ValueType.I32);
        out.octet(I32_CONST).signed(value);
        return this;
    }

    public Code i64(long value) {
        push(ValueType.I64);
        out.octet(I64_CONST).signed(value);
        return this;
    }

    public Code f32(float value) {
        push(ValueType.F32);
        out.octet(F32_CONST).word(Float.floatToRawIntBits(value));
        return this;
    }

    /// Four lanes of 32 bits, lane 0 first.
    public Code lanes(int lane0, int lane1, int lane2, int lane3) {
        push(ValueType.V128);
        out.octet(VECTOR).unsigned(V128_CONST);
        out.word(lane0).word(lane1).word(lane2).word(lane3);
        return this;
    }

    /// The same 32 bits in every lane.
    public Code splat(int bits) {
        return lanes(bits, bits, bits, bits);
    }

    // ---- Instructions ----------------------------------------------------------------------

    public Code op(Instruction instruction) {
        return plain(instruction, Instruction.Immediate.NONE);
    }

    /// Reads or writes memory at the address on the stack plus `offset` bytes.
    public Code memory(Instruction instruction, int offset) {
        plain(instruction, Instruction.Immediate.MEMORY);
        out.unsigned(ALIGNMENT).unsigned(offset);
        return this;
    }

    /// Reads or writes one lane of a vector.
    public Code memoryLane(Instruction instruction, int offset, int lane) {
        plain(instruction, Instruction.Immediate.MEMORY_LANE);
        out.unsigned(ALIGNMENT).unsigned(offset).octet(lane);
        return this;
    }

    public Code lane(Instruction instruction, int lane) {
        plain(instruction, Instruction.Immediate.LANE);
        out.octet(lane);
        return this;
    }

    /// Takes four lanes of 32 bits out of two vectors; the second's lanes count from 4.
    public Code shuffle(int lane0, int lane1, int lane2, int lane3) {
        plain(Instruction.I8X16_SHUFFLE, Instruction.Immediate.SHUFFLE);
        for (int lane : new int[] {lane0, lane1, lane2, lane3}) {
            for (int b = 0; b < Integer.BYTES; b++) out.octet(lane * Integer.BYTES + b);
        }
        return this;
    }

    private Code plain(Instruction instruction, Instruction.Immediate expected) {
        require(
                instruction.immediate() == expected,
                "%s: with %s (expected: %s)",
                instruction,
                expected,
                instruction.immediate());
        take(instruction.operands(), instruction.name());
        instruction.results().forEach(this::push);
        instruction.write(out);
        return this;
    }

    public Code call(Function function) {
        take(function.type().params(), "call");
        function.type().results().forEach(this::push);
        out.octet(CALL).unsigned(function.index());
        return this;
    }

    /// Copies memory: target, source and length in bytes are on the stack.
    public Code copyMemory() {
        take(List.of(ValueType.I32, ValueType.I32, ValueType.I32), "memory.copy");
        out.octet(BULK).unsigned(COPY).octet(0).octet(0);
        return this;
    }

    /// Fills memory: target, byte and length in bytes are on the stack.
    public Code fillMemory() {
        take(List.of(ValueType.I32, ValueType.I32, ValueType.I32), "memory.fill");
        out.octet(BULK).unsigned(FILL).octet(0);
        return this;
    }

    /// `local += amount`.
    public Code increase(Local local, int amount) {
        if (amount == 0) return this;
        return get(local).i32(amount).op(Instruction.I32_ADD).set(local);
    }

    // ---- Structure -------------------------------------------------------------------------

    /// Runs `body` `times` times, at least once; without a loop where that is once.
    public void repeat(int times, Runnable body) {
        require(times >= 1, "times: %d (expected: at least 1)", times);
        if (times == 1) {
            body.run();
            return;
        }
        var left = i32Local();
        i32(times).set(left);
        countDown(left, body);
    }

    /// Runs `body` as often as `left` says, at least once; `left` is 0 afterwards.
    public void countDown(Local left, Runnable body) {
        block(
                LOOP,
                () -> {
                    body.run();
                    get(left).i32(1).op(Instruction.I32_SUB).tee(left);
                    pop(ValueType.I32, "br_if");
                    out.octet(BRANCH_IF).unsigned(0);
                });
    }

    /// Runs `body` if the i32 on the stack is not 0.
    public void when(Runnable body) {
        pop(ValueType.I32, "if");
        block(IF, body);
    }

    /// Runs `body` if the i32 on the stack is not 0, else `otherwise`.
    public void choose(Runnable body, Runnable otherwise) {
        pop(ValueType.I32, "if");
        block(
                IF,
                () -> {
                    body.run();
                    requireEmpty("else");
                    out.octet(ELSE);
                    otherwise.run();
                });
    }

    /// Runs `body` as long as `condition` leaves something other than 0.
    public void loopWhile(Runnable condition, Runnable body) {
        block(
                BLOCK,
                () ->
                        block(
                                LOOP,
                                () -> {
                                    condition.run();
                                    op(Instruction.I32_EQZ);
                                    pop(ValueType.I32, "br_if");
                                    out.octet(BRANCH_IF).unsigned(1);
                                    body.run();
                                    out.octet(BRANCH).unsigned(0);
                                }));
    }

    private void block(int kind, Runnable body) {
        int outside = floor;
        floor = stack.size();
        out.octet(kind).octet(EMPTY_BLOCK);
        body.run();
        requireEmpty("end of a block");
        out.octet(END);
        floor = outside;
    }

    // ---- The stack -------------------------------------------------------------------------

    private void push(ValueType valueType) {
        stack.add(valueType);
    }

    private void take(List<ValueType> types, String by) {
        for (int i = types.size() - 1; i >= 0; i--) pop(types.get(i), by);
    }

    private void pop(ValueType expected, String by) {
        require(stack.size() > floor, "%s: finds nothing (expected: %s)", by, expected);
        var found = stack.removeLast();
        require(found == expected, "%s: finds %s (expected: %s)", by, found, expected);
    }

    private void requireEmpty(String where) {
        var left = stack.subList(floor, stack.size());
        require(left.isEmpty(), "%s: %s are left (expected: nothing)", where, left);
    }

    /// The finished body, with its length before it.
    Bytes finish() {
        take(type.results(), "end of the function");
        requireEmpty("end of the function");
        out.octet(END);
        var body = new Bytes();
        var runs = new Bytes();
        int count = 0;
        for (int i = 0; i < locals.size(); ) {
            int end = i;
            while (end < locals.size() && locals.get(end) == locals.get(i)) end++;
            runs.unsigned(end - i).octet(locals.get(i).code());
            count++;
            i = end;
        }
        body.unsigned(count).append(runs).append(out);
        return new Bytes().sized(body);
    }
}
