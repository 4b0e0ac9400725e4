package motley.app;

import java.util.Map;

/// The end of what a coordinator keeps for people: data sets, models.
final class Removal {
    private Removal() {}

    /// Removes what the person has confirmed.
    ///
    /// @param path that ends with its id, which the coordinator wants to be told twice
    static void ofConfirmed(
            CoordinatorOptions coordinator, Console console, String name, String path) {
        var id = path.substring(path.lastIndexOf('/') + 1);
        Calls.with(
                coordinator,
                api -> {
                    api.delete(path + "?confirm=" + id);
                    return id;
                });
        console.emit("removed", Map.of("name", name));
        console.say(name + " is removed");
    }
}
