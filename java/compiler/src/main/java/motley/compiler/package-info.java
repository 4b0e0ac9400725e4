/// Lowers a program to kernels: simplify, fuse, schedule, plan memory.
package motley.compiler;
