// What a Nix with `builtins.wasm` gives a module: its published host interface, as far as it is used here.
// Values are numbers, `ValueId`; 0 stands for an attribute that is missing. A function that fails does not
// come back: the evaluator throws the instance away.

export const INTEGER: u32 = 1;
export const FLOAT: u32 = 2;
export const BOOLEAN: u32 = 3;
export const STRING: u32 = 4;
export const PATH: u32 = 5;
export const NULL: u32 = 6;
export const ATTRIBUTES: u32 = 7;
export const LIST: u32 = 8;

// @ts-ignore: decorator
@external('env', 'panic')
export declare function panic(ptr: usize, len: usize): void;

// @ts-ignore: decorator
@external('env', 'get_type')
export declare function getType(value: u32): u32;

// @ts-ignore: decorator
@external('env', 'make_int')
export declare function makeInt(value: i64): u32;

// @ts-ignore: decorator
@external('env', 'get_int')
export declare function getInt(value: u32): i64;

// @ts-ignore: decorator
@external('env', 'make_float')
export declare function makeFloat(value: f64): u32;

// @ts-ignore: decorator
@external('env', 'get_float')
export declare function getFloat(value: u32): f64;

// @ts-ignore: decorator
@external('env', 'make_bool')
export declare function makeBool(value: i32): u32;

// @ts-ignore: decorator
@external('env', 'get_bool')
export declare function getBool(value: u32): i32;

// @ts-ignore: decorator
@external('env', 'make_null')
export declare function makeNull(): u32;

// @ts-ignore: decorator
@external('env', 'make_string')
export declare function makeString(ptr: usize, len: usize): u32;

/** The real length; nothing is copied where that is more than `max`. So are the next four. */
// @ts-ignore: decorator
@external('env', 'copy_string')
export declare function copyString(value: u32, ptr: usize, max: usize): usize;

// @ts-ignore: decorator
@external('env', 'copy_path')
export declare function copyPath(value: u32, ptr: usize, max: usize): usize;

/** Elements: a ValueId each. */
// @ts-ignore: decorator
@external('env', 'copy_list')
export declare function copyList(value: u32, ptr: usize, max: usize): usize;

/** Attributes: {ValueId, u32 length of the name} each. */
// @ts-ignore: decorator
@external('env', 'copy_attrset')
export declare function copyAttrset(value: u32, ptr: usize, max: usize): usize;

// @ts-ignore: decorator
@external('env', 'read_file')
export declare function readFile(path: u32, ptr: usize, max: usize): usize;

/** `len` must be the name's own length. */
// @ts-ignore: decorator
@external('env', 'copy_attrname')
export declare function copyAttrname(value: u32, index: u32, ptr: usize, len: usize): void;

// @ts-ignore: decorator
@external('env', 'get_attr')
export declare function getAttr(value: u32, ptr: usize, len: usize): u32;

/** `len` ValueIds. */
// @ts-ignore: decorator
@external('env', 'make_list')
export declare function makeList(ptr: usize, len: u32): u32;

/** `len` times {u32 name, u32 its length, ValueId}. */
// @ts-ignore: decorator
@external('env', 'make_attrset')
export declare function makeAttrset(ptr: usize, len: u32): u32;

/** `len` arguments, ValueIds. */
// @ts-ignore: decorator
@external('env', 'call_function')
export declare function callFunction(value: u32, ptr: usize, len: u32): u32;
