/// Plans as devices other than the JVM get them: memory, code and the order in which it runs.
package motley.compiler.device;
