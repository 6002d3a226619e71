// A growing list in the arena. Elements are references to unmanaged objects.

import { allocate } from './abi';

@unmanaged
export class List<T> {
  items: usize;
  count: i32;
  room: i32;

  @inline at(index: i32): T {
    return load<T>(this.items + (<usize>index << alignof<T>()));
  }

  push(item: T): void {
    if (this.count == this.room) this.grow();
    const at = this.count++;
    store<T>(this.items + (<usize>at << alignof<T>()), item);
  }

  private grow(): void {
    const room = max(4, this.room << 1);
    const items = allocate(<usize>room << alignof<T>());
    memory.copy(items, this.items, <usize>this.count << alignof<T>());
    this.items = items;
    this.room = room;
  }
}

export function newList<T>(): List<T> {
  const list = changetype<List<T>>(allocate(offsetof<List<T>>()));
  list.items = 0;
  list.count = 0;
  list.room = 0;
  return list;
}

/** A stable merge sort: n log n whatever the input, because hubs choose the names that we sort. */
export function sortList<T>(list: List<T>, compare: (a: T, b: T) => i32): void {
  const count = list.count;
  let from = list.items;
  let to = allocate(<usize>count << alignof<T>());
  for (let width = 1; width < count; width <<= 1) {
    for (let begin = 0; begin < count; begin += width << 1) {
      mergeRuns<T>(from, to, begin, min(begin + width, count), min(begin + (width << 1), count), compare);
    }
    const swap = from;
    from = to;
    to = swap;
  }
  list.items = from;
  list.room = count;
}

function mergeRuns<T>(
  from: usize, to: usize, begin: i32, middle: i32, end: i32, compare: (a: T, b: T) => i32,
): void {
  let left = begin, right = middle;
  for (let i = begin; i < end; i++) {
    const a = from + (<usize>left << alignof<T>());
    const b = from + (<usize>right << alignof<T>());
    const takeLeft = left < middle && (right >= end || compare(load<T>(a), load<T>(b)) <= 0);
    store<T>(to + (<usize>i << alignof<T>()), load<T>(takeLeft ? a : b));
    if (takeLeft) left++;
    else right++;
  }
}
