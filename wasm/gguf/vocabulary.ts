// The arrays that tokenizers read without looking at their types: `tokenizer.ggml.scores` declared
// as bytes is read as floats, past its end. Known names must have the known element type, and those
// with one element per token as many as there are tokens.

import { List } from '../list';
import { newOutput } from '../output';
import { ok } from '../problem';
import { Text } from '../text';
import { Entry } from './metadata';
import { invalidPart, numberText } from './reader';
import { nameOf, TYPE_ARRAY, TYPE_F32, TYPE_I32, TYPE_I8, TYPE_STRING, TYPE_U32, TYPE_U8 } from './values';

const NOT_KNOWN: u32 = u32.MAX_VALUE;

/** The element type; NOT_KNOWN for any other key. */
function elementTypeOf(key: Text): u32 {
  if (!key.startsWith('tokenizer.ggml.')) return NOT_KNOWN;
  if (key.is('tokenizer.ggml.tokens') || key.is('tokenizer.ggml.merges')) return TYPE_STRING;
  if (key.is('tokenizer.ggml.scores')) return TYPE_F32;
  if (key.is('tokenizer.ggml.token_type')) return TYPE_I32;
  return key.is('tokenizer.ggml.precompiled_charsmap') ? TYPE_U8 : NOT_KNOWN;
}

/** Writers in languages without signed types: the same bytes, read the same. */
function isAsGood(wanted: u32, found: u32): bool {
  return wanted == found || (wanted == TYPE_I32 && found == TYPE_U32) || (wanted == TYPE_U8 && found == TYPE_I8);
}

export function checkVocabulary(entries: List<Entry>): void {
  let tokens: u64 = 0;
  for (let i = 0; i < entries.count; i++) {
    const entry = entries.at(i);
    if (entry.key.is('tokenizer.ggml.tokens') && entry.type == TYPE_ARRAY) tokens = entry.count;
  }
  for (let i = 0; i < entries.count && ok(); i++) checkArray(entries.at(i), tokens);
}

function checkArray(entry: Entry, tokens: u64): void {
  const wanted = elementTypeOf(entry.key);
  if (wanted == NOT_KNOWN) return;
  if (entry.type != TYPE_ARRAY || !isAsGood(wanted, entry.elementType)) {
    const made = invalidPart('Metadata entry', entry.key, 'has another type than tokenizers read');
    made.wanted(newOutput().put(nameOf(wanted)).put('[]').asText());
    const isArray = entry.type == TYPE_ARRAY;
    made.found(newOutput().put(nameOf(isArray ? entry.elementType : entry.type)).put(isArray ? '[]' : '').asText());
  } else if ((wanted == TYPE_F32 || wanted == TYPE_I32) && entry.count != tokens) {
    const made = invalidPart('Metadata entry', entry.key, 'has another length than the vocabulary');
    made.wanted(numberText(tokens)).found(numberText(entry.count));
  }
}
