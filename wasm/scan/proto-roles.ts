// What a schema wants done with a field that is no message: numbers above those of all messages.

export const PASS: u32 = 100;
export const TEXT: u32 = 101;
export const NUMBER: u32 = 102;
