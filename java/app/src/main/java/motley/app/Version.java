package motley.app;

import picocli.CommandLine.IVersionProvider;

/// What `--version` prints.
final class Version implements IVersionProvider {
    /// As in the build's own files.
    static final String NUMBER = "0.1.0";

    Version() {}

    @Override
    public String[] getVersion() {
        return new String[] {
            "motley " + NUMBER, "java " + Runtime.version() + ", " + System.getProperty("os.name")
        };
    }
}
