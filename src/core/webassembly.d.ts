// The part of the WebAssembly JavaScript API that src/core uses. TypeScript has it in its DOM
// library only, which would bring every browser global along.

declare namespace WebAssembly {
  class Module {
    private readonly compiled: never;
    constructor(bytes: Uint8Array);
    static imports(module: Module): { module: string; name: string; kind: string }[];
    static exports(module: Module): { name: string; kind: string }[];
  }
  class Instance {
    constructor(module: Module, imports?: Record<string, Record<string, unknown>>);
    readonly exports: Readonly<Record<string, unknown>>;
  }
  class Memory {
    readonly buffer: ArrayBuffer;
  }
  function validate(bytes: Uint8Array): boolean;
}
