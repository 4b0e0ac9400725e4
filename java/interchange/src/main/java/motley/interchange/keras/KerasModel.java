package motley.interchange.keras;

import java.util.List;
import java.util.Optional;
import motley.interchange.SavedModel;

/// What a Keras file holds.
///
/// @param saved the model under its loss, with its weights; it keeps Keras' own description, with
///     which it goes out again as it came
/// @param settings what it was compiled with
/// @param state of its optimizer, if it has made steps
/// @param warnings what was left out, a line each
public record KerasModel(
        SavedModel saved,
        KerasSettings settings,
        Optional<OptimizerState> state,
        List<String> warnings) {
    public KerasModel {
        warnings = List.copyOf(warnings);
    }
}
