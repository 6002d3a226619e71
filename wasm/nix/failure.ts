// A failure ends the call: its text, as the command line and the plugin write it (nix/plugin/failure.cc),
// becomes the evaluator's error.

import { errorCode, errorRemedies } from '../../build/generated/error-texts';
import { ARRAY, parseJson, STRING, Value } from '../json/value';
import { newOutput, Output } from '../output';
import { begin, finish } from '../problem';
import { Text, textAt } from '../text';
import { panic } from './host';

/** The failure of a reply of the core, about `subject` where it names none itself. */
export function fail(record: usize, subject: Text | null): void {
  const status = load<u32>(record);
  begin();
  const error = parseJson(load<u32>(record, 4), load<u32>(record, 8), status);
  const text = newOutput(512);
  const message = textOf(error, 'message');
  if (message !== null) text.text(message);
  text.put(' [').text(zeroEnded(errorCode(status))).put(']');
  const own = textOf(error, 'subject');
  writeDetail(text, '\n  on:     ', own !== null ? own : subject);
  writeDetail(text, '\n  wanted: ', textOf(error, 'wanted'));
  writeDetail(text, '\n  found:  ', textOf(error, 'found'));
  writeRemedies(text, error.member('remedies'), status);
  panic(text.ptr, text.size);
  unreachable();
}

/** Fails with the problem that was noted last. */
export function failNow(subject: Text | null): void {
  fail(finish(newOutput()), subject);
}

function textOf(error: Value, name: string): Text | null {
  const value = error.member(name);
  return value !== null && value.kind == STRING ? value : null;
}

function writeDetail(to: Output, label: string, text: Text | null): void {
  if (text !== null && text.size > 0) to.put(label).text(text);
}

/** Those of this very case, else the general ones of the status. */
function writeRemedies(to: Output, remedies: Value | null, status: u32): void {
  to.put('\n  what to do:');
  if (remedies !== null && remedies.kind == ARRAY && remedies.count > 0) {
    for (let i = 0; i < remedies.count; i++) to.put('\n  - ').text(remedies.child(i));
    return;
  }
  const lines = zeroEnded(errorRemedies(status));
  for (let begin: usize = 0; begin < lines.size;) {
    const found = lines.indexOf(0x0a, begin);
    const end = found < 0 ? lines.size : <usize>found;
    to.put('\n  ').text(lines.part(begin, end));
    begin = end + 1;
  }
}

function zeroEnded(ptr: usize): Text {
  let size: usize = 0;
  while (load<u8>(ptr + size) != 0) size++;
  return textAt(ptr, size);
}
