/**
 * A thread of the kernels (kernels.js): an instance of their module on the memory that all share, which works on what
 * the first instance hands it until the worker is ended.
 */
import { BUILD } from "./build.js";
import { imports } from "./kernels.js";

self.onmessage = ({ data: { module, memory, stack, lane } }) => {
  const instance = new WebAssembly.Instance(
    module,
    imports(memory, () => {}),
  );
  const { __stack_pointer: stackPointer, lend } = /** @type {any} */ (instance.exports);
  stackPointer.value = stack;
  self.postMessage({ build: BUILD });
  lend(lane);
};
