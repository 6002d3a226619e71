// How sure it is that some bytes are a pickle, before they are read: a task's `mode`.

/** A name or an archive says so: anything wrong is reported. */
export const CERTAIN: u32 = 0;
/** They begin with a PROTO opcode. */
export const LIKELY: u32 = 1;
/** They may be one of protocol 0 or 1, which have no beginning, and are named like one. */
export const MAYBE: u32 = 2;
/** They may be one as anything may. Only a call or a dangerous name is proof. */
export const GUESS: u32 = 3;
/** They are something else, or a text. Only a call is proof. */
export const UNLIKELY: u32 = 7;
/** Exactly one pickle inside another one. */
export const NESTED: u32 = 4;
/** The raw bytes of an array, which another loader would take for opcodes. */
export const IN_ARRAY: u32 = 5;
/** A storage of a checkpoint: raw bytes that torch never unpickles, unless a caller names them. */
export const RAW: u32 = 6;
