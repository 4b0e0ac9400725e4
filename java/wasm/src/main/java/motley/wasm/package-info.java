/// Plans rendered as WebAssembly modules, for devices that are browsers.
package motley.wasm;
