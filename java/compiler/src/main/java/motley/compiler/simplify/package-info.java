/// Passes from program to program. Each preserves what every result is.
package motley.compiler.simplify;
