/// Keras models in and out: `.keras` version 3 and `.h5`, with weights, optimizer state and compile
/// settings. Read [motley.interchange.keras.KerasFile] first. What is understood is a closed list
/// of classes; everything else is refused by its name before anything is built.
@org.jspecify.annotations.NullMarked
package motley.interchange.keras;
