// The contents of recent small tuples and dicts: the arguments of calls, persistent ids, states. Older or
// longer ones are still known as tuples and dicts, only not by their contents.

import { reserve } from '../abi';
import { MAX_PAYLOAD, payloadOf } from './values';

/** Entries of one record: a tuple's items, or a dict's keys and values in turn. */
export const MAX_ITEMS: u32 = 14;
const RECORDS: u32 = 4096;

@unmanaged
export class Items {
  number: u32;
  count: u32;

  @inline at(index: u32): u32 {
    return load<u32>(changetype<usize>(this) + offsetof<Items>() + <usize>index * 4);
  }

  @inline set(index: u32, word: u32): void {
    store<u32>(changetype<usize>(this) + offsetof<Items>() + <usize>index * 4, word);
  }
}

const RECORD_BYTES: usize = 8 + <usize>MAX_ITEMS * 4;

let records: usize = 0;
/** Number of the next record; see strings.ts. */
let next: u32 = 1;

export function openObjects(): void {
  if (records == 0) records = reserve(<usize>RECORDS * RECORD_BYTES);
  memory.fill(records, 0, <usize>RECORDS * RECORD_BYTES);
  next = 1;
}

/** A new record without items, or its number 0 where there are no more numbers. */
export function newItems(): u32 {
  if (next == MAX_PAYLOAD) return 0;
  const items = recordOf(next);
  items.number = next;
  items.count = 0;
  return next++;
}

@inline
export function recordOf(number: u32): Items {
  return changetype<Items>(records + <usize>(number % RECORDS) * RECORD_BYTES);
}

/** The contents of a tuple or dict; null where they are not known any more. */
export function itemsOf(word: u32): Items | null {
  const number = payloadOf(word);
  const items = recordOf(number);
  return number != 0 && items.number == number ? items : null;
}

/** A record whose contents nobody may rely on: the object grew beyond it. */
export function forget(items: Items): void {
  items.number = 0;
}
