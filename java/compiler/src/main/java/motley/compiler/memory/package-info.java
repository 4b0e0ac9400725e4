/// The static memory plan.
package motley.compiler.memory;
