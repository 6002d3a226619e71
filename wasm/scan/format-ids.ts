// A number for each format that a task may have; formats.ts knows their readers.

/** Anything: content.ts finds out what it is. */
export const CONTENT: u32 = 1;
export const PICKLE: u32 = 2;
export const ZIP: u32 = 3;
/** A member of a zip, before its content. */
export const ZIP_MEMBER: u32 = 4;
export const NPY: u32 = 5;
export const TAR: u32 = 6;
export const SAFETENSORS: u32 = 20;
export const GGUF: u32 = 21;
export const JSON_TEXT: u32 = 22;
export const TEMPLATE: u32 = 23;
/** ONNX, TensorFlow: protobuf messages, read as all of them at once. */
export const PROTOBUF: u32 = 30;
/** What torch.jit.load compiles. */
export const TORCHSCRIPT_CODE: u32 = 32;
/** A configuration in a file of its own: config.json of a .keras file. */
export const KERAS_CONFIG: u32 = 40;
export const KERAS_METADATA: u32 = 42;
/** From the beginning, or behind a block of the user's own. */
export const HDF5: u32 = 41;

/** What an inspection begins with, and the readers that only it has (wasm/inspect). */
export const INSPECTION: u32 = 60;
export const INSPECT_NPY: u32 = 61;
export const INSPECT_RECORD: u32 = 62;
export const INSPECT_ONNX: u32 = 63;
