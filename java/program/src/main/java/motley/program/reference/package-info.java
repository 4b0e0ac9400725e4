/// The float64 definition of every operation, which no engine may disagree with.
package motley.program.reference;
