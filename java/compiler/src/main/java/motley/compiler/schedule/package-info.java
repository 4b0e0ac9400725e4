/// From equations to kernels: views, fusion, elementary functions, lowering.
package motley.compiler.schedule;
