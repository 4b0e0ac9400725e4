package motley.app;

import picocli.CommandLine.Command;

/// Finds what is in the way on this machine.
@Command(name = "doctor", mixinStandardHelpOptions = true)
final class DoctorCommand implements Runnable {
    @Override
    public void run() {}
}
