import org.jspecify.annotations.NullMarked;

/// Data sets, their order and their sharding as functions of a seed.
@NullMarked
module motley.data {
    requires transitive motley.tensor;
    requires java.desktop;
    requires static org.jspecify;

    exports motley.data;
}
