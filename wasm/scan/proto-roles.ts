// What a schema wants done with a field that is no message: numbers above those of all messages.

export const PASS: u32 = 100;
export const TEXT: u32 = 101;
export const NUMBER: u32 = 102;
/** The identifier of an object of a SavedModel, and what Keras knows about it. */
export const KERAS_IDENTIFIER: u32 = 103;
export const KERAS_METADATA: u32 = 104;
