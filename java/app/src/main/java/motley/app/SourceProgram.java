package motley.app;

import java.io.Writer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;

/// A Java program of one file, compiled in memory against the class path of this process.
///
/// Its class is named as the file, as that of a compact source file is. Its `main` may be static or
/// not, and take the arguments or nothing. Source: JEP 512, "Compact source files and instance main
/// methods".
final class SourceProgram {
    private static final String ENDING = ".java";

    private final Class<?> type;
    private final Method main;

    private SourceProgram(Class<?> type) {
        this.type = type;
        this.main = mainOf(type);
    }

    /// @param errors what the compiler says
    /// @throws UserException if the file is missing, does not compile, has no class of its name, or
    ///     that has no `main`
    static SourceProgram compile(Path file, Writer errors) {
        var name = String.valueOf(file.getFileName());
        if (!name.endsWith(ENDING) || !Files.isRegularFile(file)) {
            throw new UserException(file + ": missing (expected: a file that ends in .java)");
        }
        var type = name.substring(0, name.length() - ENDING.length());
        try {
            return new SourceProgram(SourceCompiler.compile(file, errors).loadClass(type));
        } catch (ClassNotFoundException e) {
            throw new UserException(
                    "%s: no class %s (expected: one, or a compact source file, without a package)"
                            .formatted(file, type),
                    e);
        }
    }

    /// Calls `main`, on this thread.
    ///
    /// @throws InvocationTargetException if the program throws
    void run(String... arguments) throws InvocationTargetException {
        try {
            var object = Modifier.isStatic(main.getModifiers()) ? null : newInstance();
            if (main.getParameterCount() == 1) main.invoke(object, (Object) arguments);
            else main.invoke(object);
        } catch (ReflectiveOperationException e) {
            if (e instanceof InvocationTargetException thrown) throw thrown;
            throw new UserException(type.getName() + ": cannot be started: " + e.getMessage(), e);
        }
    }

    /// The one with the arguments comes first.
    private static Method mainOf(Class<?> type) {
        var main =
                Arrays.stream(type.getDeclaredMethods())
                        .filter(SourceProgram::isMain)
                        .max(Comparator.comparingInt(Method::getParameterCount))
                        .orElseThrow(
                                () ->
                                        new UserException(
                                                type.getName()
                                                        + ": no main (expected: void main())"));
        main.setAccessible(true);
        return main;
    }

    private static boolean isMain(Method method) {
        var parameters = method.getParameterTypes();
        boolean fits =
                parameters.length == 0
                        || (parameters.length == 1 && parameters[0] == String[].class);
        return method.getName().equals("main") && fits;
    }

    private Object newInstance() throws ReflectiveOperationException {
        var constructor = type.getDeclaredConstructor();
        constructor.setAccessible(true);
        return constructor.newInstance();
    }
}
