// The first thing that went wrong in a call. WASM has no exceptions here, so checks go on after a
// failure with empty values, later problems are thrown away, and `finish` replies with the first.
//
// The reply's data is JSON that src/core/instance.ts and the plugin turn into one and the same error:
// {"message", "subject"?, "wanted"?, "found"?, "remedies"?: [...]}

import { allocate, reply } from './abi';
import { newOutput, Output } from './output';
import { Text } from './text';

@unmanaged
export class Problem {
  status: u32;
  message: Output;
  details: Output;
  remedies: Output;
  wish: Text | null;
  fact: Text | null;

  subject(text: Text): Problem {
    return this.detail('subject', text);
  }

  wanted(text: Text): Problem {
    this.wish = text;
    return this.detail('wanted', text);
  }

  found(text: Text): Problem {
    this.fact = text;
    return this.detail('found', text);
  }

  /** What to do in this very case, instead of the general remedies of the status. */
  remedy(text: Text): Problem {
    this.remedies.comma().quoted(text);
    return this;
  }

  private detail(key: string, text: Text): Problem {
    this.details.member(key).quoted(text);
    return this;
  }
}

let first: Problem | null = null;

/** Every export that may fail begins with this. */
export function begin(): void {
  first = null;
}

@inline
export function ok(): bool {
  return first === null;
}

/** Notes a failure; only the call's first one is kept. The message is written by the caller. */
export function problem(status: u32): Problem {
  const made = changetype<Problem>(allocate(offsetof<Problem>()));
  made.status = status;
  made.message = newOutput();
  made.details = newOutput().byte(0x7b);
  made.remedies = newOutput().byte(0x5b);
  made.wish = null;
  made.fact = null;
  if (first === null) first = made;
  return made;
}

/** The first problem as a sentence, for the report of a scan. */
export function problemSentence(): Output {
  const sentence = newOutput(256);
  if (first === null) return sentence;
  const found = changetype<Problem>(first), wish = found.wish, fact = found.fact;
  sentence.text(found.message.asText());
  if (wish !== null) sentence.put(': wanted ').text(wish);
  if (fact !== null) sentence.put(wish !== null ? ', found ' : ': found ').text(fact);
  return sentence.byte(0x2e);
}

/** Its status: a number of src/base/error-codes.json; 0 where nothing went wrong. */
export function problemStatus(): u32 {
  return first === null ? 0 : changetype<Problem>(first).status;
}

/** The reply of a call: its result, or its first problem. */
export function finish(result: Output): usize {
  if (first === null) return reply(0, result.ptr, result.size);
  const found = changetype<Problem>(first);
  const json = found.details;
  json.member('message').quoted(found.message.asText());
  if (found.remedies.size > 1) json.member('remedies').text(found.remedies.byte(0x5d).asText());
  json.byte(0x7d);
  return reply(found.status, json.ptr, json.size);
}
