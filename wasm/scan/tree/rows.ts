// The entries of a directory, all levels of it, and how to find one by its path.

import { FORMAT_INVALID } from '../../../build/generated/status';
import { allocate } from '../../abi';
import { STRING, Value } from '../../json/value';
import { List, newList, sortList } from '../../list';
import { newOutput } from '../../output';
import { problem } from '../../problem';
import { compareBytes, literal, Text } from '../../text';

@unmanaged
export class Row {
  path: Text;
  /** `file`, `directory` or `symlink`. */
  type: Text;
  /** Of a link; of a file, what its report calls its format. Empty where there is none. */
  target: Text;
  format: Text;
  needs: Value | null;
  /** A file of code that a configuration names. */
  isNeeded: bool;
}

/** By their paths' bytes. */
export let rows: List<Row> = changetype<List<Row>>(0);

export function readRows(input: Value): void {
  rows = newList<Row>();
  const empty = literal('');
  for (let i = 0; i < input.count; i++) {
    const value = input.child(i), path = textOf(value, 'path'), type = textOf(value, 'type');
    if (path === null || type === null) {
      problem(FORMAT_INVALID).message.put('A row of the directory lacks its path or its type');
      return;
    }
    const target = textOf(value, 'target'), format = textOf(value, 'format');
    const row = changetype<Row>(allocate(offsetof<Row>()));
    row.path = path;
    row.type = type;
    row.target = target === null ? empty : target;
    row.format = format === null ? empty : format;
    row.needs = value.member('needs');
    row.isNeeded = false;
    rows.push(row);
  }
  sortList<Row>(rows, (a, b) => compareBytes(a.path, b.path));
}

function textOf(value: Value, name: string): Text | null {
  const member = value.member(name);
  return member !== null && member.kind == STRING ? member : null;
}

/** The row of this very path. */
export function findRow(path: Text): Row | null {
  let low = 0, high = rows.count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareBytes(rows.at(middle).path, path) < 0) low = middle + 1;
    else high = middle;
  }
  if (low == rows.count || compareBytes(rows.at(low).path, path) != 0) return null;
  return rows.at(low);
}

/** The directory of a path, without a slash at its end; empty at the top. */
export function directoryOf(path: Text): Text {
  const slash = path.lastIndexOf(0x2f);
  return path.part(0, slash < 0 ? 0 : <usize>slash);
}

/** Where a relative path leads from a directory; null where it leaves the tree. */
export function resolve(directory: Text, relative: Text): Text | null {
  const path = newOutput(directory.size + relative.size + 2).text(directory);
  for (let from: usize = 0; from <= relative.size;) {
    let to = from;
    while (to < relative.size && relative.at(to) != 0x2f) to++;
    const name = relative.part(from, to);
    from = to + 1;
    if (name.size == 0 || name.is('.')) continue;
    if (name.is('..')) {
      if (path.size == 0) return null;
      path.size = directoryOf(path.asText()).size;
    } else {
      if (path.size > 0) path.byte(0x2f);
      path.text(name);
    }
  }
  return path.asText();
}

/** Whether there is something: a row of this path, or a link on the way whose end is not listed. */
export function exists(path: Text): bool {
  if (path.size == 0 || findRow(path) !== null) return true;
  for (let parent = directoryOf(path); parent.size > 0; parent = directoryOf(parent)) {
    const row = findRow(parent);
    if (row !== null) return row.type.is('symlink');
  }
  return false;
}
