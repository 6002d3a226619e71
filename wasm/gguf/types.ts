// Element types of GGUF's tensors: how many elements make a block, how many bytes a block takes.
// Numbers and layouts are ggml's (ggml.h, ggml-common.h); what it has removed (4, 5, 31-33, 36-38)
// and whatever comes later is no type here. Other projects number their own types from 100 on: a
// file with those can be read by them alone.

/** Elements of a block; 0 where there is no such type. */
export let blockElements: u64 = 0;
/** Bytes of a block. */
export let blockBytes: u64 = 0;
export let typeName: string = '';

/** Sets the three above; false for an unknown type. */
export function findType(type: u32): bool {
  switch (type) {
    case 0: return is('F32', 1, 4);
    case 1: return is('F16', 1, 2);
    case 2: return is('Q4_0', 32, 18);
    case 3: return is('Q4_1', 32, 20);
    case 6: return is('Q5_0', 32, 22);
    case 7: return is('Q5_1', 32, 24);
    case 8: return is('Q8_0', 32, 34);
    case 9: return is('Q8_1', 32, 36);
    case 10: return is('Q2_K', 256, 84);
    case 11: return is('Q3_K', 256, 110);
    case 12: return is('Q4_K', 256, 144);
    case 13: return is('Q5_K', 256, 176);
    case 14: return is('Q6_K', 256, 210);
    case 15: return is('Q8_K', 256, 292);
    case 16: return is('IQ2_XXS', 256, 66);
    case 17: return is('IQ2_XS', 256, 74);
    case 18: return is('IQ3_XXS', 256, 98);
    case 19: return is('IQ1_S', 256, 50);
    case 20: return is('IQ4_NL', 32, 18);
    case 21: return is('IQ3_S', 256, 110);
    case 22: return is('IQ2_S', 256, 82);
    case 23: return is('IQ4_XS', 256, 136);
    case 24: return is('I8', 1, 1);
    case 25: return is('I16', 1, 2);
    case 26: return is('I32', 1, 4);
    case 27: return is('I64', 1, 8);
    case 28: return is('F64', 1, 8);
    case 29: return is('IQ1_M', 256, 56);
    case 30: return is('BF16', 1, 2);
    case 34: return is('TQ1_0', 256, 54);
    case 35: return is('TQ2_0', 256, 66);
    case 39: return is('MXFP4', 32, 17);
    case 40: return is('NVFP4', 64, 36);
    case 41: return is('Q1_0', 128, 18);
    case 42: return is('Q2_0', 64, 18);
  }
  blockElements = 0;
  return false;
}

function is(name: string, elements: u64, bytes: u64): bool {
  typeName = name;
  blockElements = elements;
  blockBytes = bytes;
  return true;
}
