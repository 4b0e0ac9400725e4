import org.jspecify.annotations.NullMarked;

/// Models and weights from and to the formats of other frameworks.
@NullMarked
@SuppressWarnings("requires-automatic") // jHDF has no module descriptor; its manifest names it.
module motley.interchange {
    requires transitive motley.tensor;
    requires transitive motley.program;
    requires transitive motley.nn;
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.databind;
    requires io.jhdf;
    requires static org.jspecify;

    exports motley.interchange;
    exports motley.interchange.keras;
}
