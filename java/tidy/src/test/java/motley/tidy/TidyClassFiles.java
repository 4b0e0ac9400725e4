package motley.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import org.junit.jupiter.api.Test;

/// The reader of class files sees what a class really uses.
final class TidyClassFiles {
    private static final ClassDesc INSTANT = ClassDesc.of("java.time.Instant");
    private static final ClassDesc PLANTED = ClassDesc.of("motley.rounds.Planted");

    @Test
    void callIsSeen() {
        var uses = Uses.of(classWith("now", MethodTypeDesc.of(ConstantDescs.CD_void)));
        assertThat(uses.name()).isEqualTo("motley.rounds.Planted");
        assertThat(uses.types()).contains("java.time.Instant");
        assertThat(uses.members()).contains("java.time.Instant.now");
        assertThat(uses.hasMain()).isFalse();
    }

    @Test
    void typeInASignatureIsSeen() {
        var signature =
                MethodTypeDesc.of(
                        ConstantDescs.CD_void,
                        ConstantDescs.CD_int,
                        ClassDesc.of("motley.tensor.Shape").arrayType());
        assertThat(Uses.of(classWith("reshape", signature)).types())
                .contains("motley.tensor.Shape");
    }

    @Test
    void literalIsNotSeen() {
        var uses = Uses.of(classWith("now", MethodTypeDesc.of(ConstantDescs.CD_void)));
        assertThat(uses.types()).doesNotContain("motley.cpu.Engine");
    }

    @Test
    void mainIsSeen() {
        var arguments = ConstantDescs.CD_String.arrayType();
        var main = classWith("main", MethodTypeDesc.of(ConstantDescs.CD_void, arguments));
        assertThat(Uses.of(main).hasMain()).isTrue();
    }

    /// A class with one static method, which asks for the time and loads a literal.
    private static byte[] classWith(String method, MethodTypeDesc signature) {
        return ClassFile.of()
                .build(
                        PLANTED,
                        built ->
                                built.withMethodBody(
                                        method,
                                        signature,
                                        ClassFile.ACC_STATIC,
                                        code ->
                                                code.invokestatic(
                                                                INSTANT,
                                                                "now",
                                                                MethodTypeDesc.of(INSTANT))
                                                        .pop()
                                                        .loadConstant("motley/cpu/Engine")
                                                        .pop()
                                                        .return_()));
    }
}
