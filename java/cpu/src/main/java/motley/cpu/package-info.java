/// The engine for the JVM: vector kernels, each with a scalar twin.
package motley.cpu;
