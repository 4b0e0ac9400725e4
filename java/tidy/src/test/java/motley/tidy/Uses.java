package motley.tidy;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.StringEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// What one class file uses of others, with names as `java.util.List` and `java.time.Instant.now`.
///
/// @param name the class itself
/// @param types every class it names, in code, signatures and annotations
/// @param members every field and method it refers to
/// @param hasMain whether it declares `main(String[])`
record Uses(String name, SortedSet<String> types, SortedSet<String> members, boolean hasMain) {
    private static final Pattern TYPE = Pattern.compile("(?:^|L|\\[)((?:[a-z]\\w*/)+[\\w$]+)");

    static Uses read(Path file) throws IOException {
        return of(Files.readAllBytes(file));
    }

    static Uses of(byte[] classFile) {
        var model = ClassFile.of().parse(classFile);
        var members = new TreeSet<String>();
        for (var entry : model.constantPool()) {
            if (entry instanceof MemberRefEntry ref) {
                members.add(dotted(ref.owner().asInternalName()) + "." + ref.name().stringValue());
            }
        }
        var name = dotted(model.thisClass().asInternalName());
        return new Uses(name, types(model), members, declaresMain(model));
    }

    String packageName() {
        return packageOf(name);
    }

    static String packageOf(String type) {
        return type.substring(0, Math.max(0, type.lastIndexOf('.')));
    }

    /// Looks at every UTF-8 constant, since a type that only occurs in a signature has no entry of
    /// its own; string literals are left out.
    private static SortedSet<String> types(ClassModel model) {
        var literals = literals(model);
        var types = new TreeSet<String>();
        for (var entry : model.constantPool()) {
            if (entry instanceof Utf8Entry text && !literals.contains(text.index())) {
                var matches = TYPE.matcher(text.stringValue());
                while (matches.find()) types.add(dotted(matches.group(1)));
            }
        }
        return types;
    }

    private static Set<Integer> literals(ClassModel model) {
        var indices = new HashSet<Integer>();
        for (var entry : model.constantPool()) {
            if (entry instanceof StringEntry string) indices.add(string.utf8().index());
        }
        return indices;
    }

    private static boolean declaresMain(ClassModel model) {
        return model.methods().stream()
                .anyMatch(
                        method ->
                                method.methodName().equalsString("main")
                                        && method.methodType()
                                                .stringValue()
                                                .startsWith("([Ljava/lang/String;)"));
    }

    private static String dotted(String internalName) {
        return internalName.replace('/', '.');
    }
}
