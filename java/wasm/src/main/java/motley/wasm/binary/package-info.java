/// WebAssembly's binary format: just what the renderer needs of it.
package motley.wasm.binary;
