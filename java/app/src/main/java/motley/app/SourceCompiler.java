package motley.app;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/// The compiler of this JDK, writing classes to memory.
final class SourceCompiler {
    private SourceCompiler() {}

    /// What loads the classes of `file`.
    ///
    /// @param errors what the compiler says
    /// @throws UserException if it does not compile
    static ClassLoader compile(Path file, Writer errors) {
        var compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new UserException("this Java has no compiler (expected: a JDK)");
        }
        var options = List.of("-proc:none", "-cp", System.getProperty("java.class.path"));
        try (var disk = compiler.getStandardFileManager(null, Locale.ROOT, null);
                var memory = new Memory(disk)) {
            var sources = disk.getJavaFileObjects(file);
            if (!compiler.getTask(errors, memory, null, options, null, sources).call()) {
                throw new UserException(file + ": does not compile");
            }
            return new Loader(memory.classes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Reads from the disk, writes to memory.
    private static final class Memory extends ForwardingJavaFileManager<StandardJavaFileManager> {
        private final Map<String, ByteArrayOutputStream> classes = new HashMap<>();

        Memory(StandardJavaFileManager disk) {
            super(disk);
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                JavaFileManager.Location location,
                String className,
                JavaFileObject.Kind kind,
                FileObject sibling) {
            var uri = URI.create("memory:///" + className.replace('.', '/') + kind.extension);
            return new SimpleJavaFileObject(uri, kind) {
                @Override
                public OutputStream openOutputStream() {
                    var bytes = new ByteArrayOutputStream();
                    classes.put(className, bytes);
                    return bytes;
                }
            };
        }
    }

    private static final class Loader extends ClassLoader {
        private final Map<String, ByteArrayOutputStream> classes;

        Loader(Map<String, ByteArrayOutputStream> classes) {
            super(SourceCompiler.class.getClassLoader());
            this.classes = classes;
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            var bytes = classes.get(name);
            if (bytes == null) throw new ClassNotFoundException(name);
            return defineClass(name, bytes.toByteArray(), 0, bytes.size());
        }
    }
}
