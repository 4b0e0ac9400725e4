package motley.app;

import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Forgets a login.
@Command(
        name = "logout",
        mixinStandardHelpOptions = true,
        description = "Revokes the token that `motley login` kept, and forgets it.")
final class LogoutCommand implements Runnable {
    @Mixin private CoordinatorOptions coordinator = new CoordinatorOptions();
    @Mixin private OutputOptions output = new OutputOptions();

    @Override
    public void run() {
        var console = output.console();
        var credentials = Credentials.ofThisProcess();
        var url =
                Calls.with(
                        coordinator,
                        api -> {
                            if (credentials.of(api.coordinator()).isEmpty()) {
                                throw new UserException(
                                        "not logged in at %s (expected: a `motley login` before)"
                                                .formatted(api.coordinator()));
                            }
                            try {
                                api.delete("/v1/session");
                            } catch (UserException e) {
                                console.say("the token was no good any more: " + e.getMessage());
                            }
                            return api.coordinator();
                        });
        credentials.remove(url);
        console.say("logged out at " + url);
        console.emit("logout", Map.of("url", url.toString()));
    }
}
