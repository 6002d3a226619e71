// An attribute set that is being made: what `make_attrset` takes.

import { allocate } from '../abi';
import { literal, Text } from '../text';
import { makeAttrset } from './host';

const BYTES_EACH: usize = 12;

@unmanaged
export class Attributes {
  rows: usize;
  count: u32;
  room: u32;

  put(name: string, value: u32): Attributes {
    return this.putText(literal(name), value);
  }

  /** Never more than there is room for. */
  putText(name: Text, value: u32): Attributes {
    if (this.count == this.room) unreachable();
    const row = this.rows + BYTES_EACH * this.count++;
    store<u32>(row, <u32>name.ptr);
    store<u32>(row, <u32>name.size, 4);
    store<u32>(row, value, 8);
    return this;
  }

  make(): u32 {
    return makeAttrset(this.rows, this.count);
  }
}

export function newAttributes(room: u32): Attributes {
  const attributes = changetype<Attributes>(allocate(offsetof<Attributes>()));
  attributes.rows = allocate(BYTES_EACH * room);
  attributes.count = 0;
  attributes.room = room;
  return attributes;
}
