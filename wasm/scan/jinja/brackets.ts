// The brackets of a template's tag that are open, and what was seen in each: whether an attribute's name
// or an index is a plain text or is computed. Only judge.ts calls this.

import { NAME, STRING } from './lexer';

/** What a bracket is. */
export const GROUP: u32 = 0;
export const INDEX: u32 = 1;
/** Of the filters attr, map and selectattr; and of map when it calls attr. */
export const ATTRIBUTE: u32 = 2;
export const MAP: u32 = 3;
export const SELECT: u32 = 4;
export const MAP_ATTRIBUTE: u32 = 5;

/** As many as the lexer lets through, and one for what lies outside of all. */
const ROOM: usize = 257;

@unmanaged
export class Bracket {
  kind: u32;
  tokens: u32;
  texts: u32;
  names: u32;
  /** Its text is put together by operators or filters. */
  computed: bool;

  count(kind: u32): void {
    this.tokens++;
    if (kind == STRING) this.texts++;
    if (kind == NAME) this.names++;
  }

  /** The name of an attribute is one text. */
  get isLiteral(): bool {
    if (this.kind == MAP_ATTRIBUTE) return this.tokens == 3 && this.texts == 2;
    return this.tokens == 1 && this.texts == 1;
  }
}

const slots: usize = memory.data(257 * 20, 4);
let count: usize = 0;

export function openBrackets(): void {
  count = 0;
  openBracket(GROUP);
}

export function openBracket(kind: u32): void {
  if (count < ROOM) count++;
  const bracket = innermost();
  bracket.kind = kind;
  bracket.tokens = 0;
  bracket.texts = 0;
  bracket.names = 0;
  bracket.computed = false;
}

@inline
export function innermost(): Bracket {
  return bracketAt(count - 1);
}

/** It stays readable until the next one is opened. */
export function closeBracket(): Bracket {
  const closed = innermost();
  if (count > 1) count--;
  return closed;
}

export function markComputed(): void {
  for (let i: usize = 0; i < count; i++) bracketAt(i).computed = true;
}

@inline
function bracketAt(index: usize): Bracket {
  return changetype<Bracket>(slots + index * offsetof<Bracket>());
}
