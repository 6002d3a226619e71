// Does a Jinja template reach out of its sandbox? Looks for names with double underscores however they are
// written (as attributes, in texts, escaped, in pieces), and for attributes whose names are computed. Reads
// tokens only: nothing is rendered. Escapes are malicious, what no honest template does is suspicious.

import { mark, release } from '../../abi';
import { TEMPLATE_BROKEN, TEMPLATE_ESCAPE, TEMPLATE_UNUSUAL } from '../../../build/generated/scan-rules';
import { newOutput } from '../../output';
import { Text } from '../../text';
import { report } from '../findings';
import { Task } from '../task';
import {
  ATTRIBUTE, closeBracket, GROUP, INDEX, innermost, MAP, MAP_ATTRIBUTE, markComputed, openBracket, openBrackets, SELECT,
} from './brackets';
import { broken, FINISHED, NAME, nextToken, NUMBER, openTemplate, STATEMENT, STRING, token } from './lexer';
import {
  isCounting, isEscapingAttribute, isForeign, isForeignStatement, isFunction, isHelped, isHelper, isKeyword, isModule,
} from './names';
import {
  dunderIn, ESCAPES, hasTwoUnderscores, isUnderscores, judgeText, openTexts, PROSE, STRANGE, textsTogether,
} from './texts';

/** Bytes. The longest honest ones have some ten thousand. */
const MAX_TEMPLATE_BYTES: usize = 1024 * 1024;
/** Findings of one template. */
const MAX_FOUND = 16;

const DOT: u32 = 0x2e;
const PIPE: u32 = 0x7c;
const EQUALS: u32 = 0x3d;
const COMMA: u32 = 0x2c;
const ROUND_OPEN: u32 = 0x28;
const ROUND_CLOSE: u32 = 0x29;
const SQUARE_OPEN: u32 = 0x5b;
const SQUARE_CLOSE: u32 = 0x5d;
const CURLY_OPEN: u32 = 0x7b;
const CURLY_CLOSE: u32 = 0x7d;

let task: Task = changetype<Task>(0);
/** Where the template stands in its source. */
let place: u64 = 0;
let found = 0;

/** The three tokens before this one, and the last name or text. */
let last: u32 = 0;
let second: u32 = 0;
let third: u32 = 0;
let word: Text = changetype<Text>(0);
/** After `attribute=`: 1 before its value, 2 behind it. */
let awaited = 0;

/** Reports what is wrong with a template that stands at `pos`. Leaves nothing in the arena. */
export function judgeTemplate(owner: Task, pos: u64, template: Text): void {
  const before = mark();
  task = owner;
  place = pos;
  found = 0;
  if (template.size > MAX_TEMPLATE_BYTES) accuse(TEMPLATE_BROKEN, 'The chat template is longer than 1 MiB.');
  else judge(template);
  release(before);
}

function judge(template: Text): void {
  openTemplate(template);
  openBrackets();
  openTexts();
  last = 0;
  second = 0;
  awaited = 0;
  word = template.part(0, 0);
  for (let kind = nextToken(); kind != FINISHED; kind = nextToken()) judgeToken(kind);
  if (broken !== null) accuse(TEMPLATE_BROKEN, broken!);
  const name = textsTogether();
  if (name !== null) accuse(TEMPLATE_ESCAPE, 'The chat template puts a name together that leads out of its sandbox.', name);
}

function judgeToken(kind: u32): void {
  if (awaited > 0) judgeAwaited(kind);
  if (last == NAME && kind != ROUND_OPEN) judgeUncalled();
  if (kind == ROUND_CLOSE || kind == SQUARE_CLOSE || kind == CURLY_CLOSE) {
    judgeBracket();
  } else {
    innermost().count(kind);
    if (innermost().tokens == 1) judgeFirst(kind);
    if (kind == NAME) judgeName(token);
    else if (kind == STRING) judgeString(token);
    else judgeOperator(kind);
  }
  third = second;
  second = last;
  last = kind;
  if (kind == NAME || kind == STRING) word = token;
}

function judgeName(name: Text): void {
  if (last == DOT) return judgeAttribute(name);
  if (last == PIPE) return judgeFilter(name);
  if (dunderIn(name) !== null) {
    accuse(TEMPLATE_ESCAPE, 'The chat template uses a name that leads out of its sandbox.', name);
  } else if (name.startsWith('__') || name.endsWith('__')) {
    unusual('The chat template uses a name with double underscores.', name);
  } else if (last == STATEMENT && isForeignStatement(name)) {
    unusual('The chat template loads another template, or shows what lies around it.', name);
  } else if (isForeign(name)) {
    unusual('The chat template uses an object that only serves to leave sandboxes.', name);
  }
}

function judgeAttribute(name: Text): void {
  if (hasTwoUnderscores(name) || isEscapingAttribute(name)) {
    accuse(TEMPLATE_ESCAPE, 'The chat template reaches for an attribute that leads out of its sandbox.', name);
  } else if (name.at(0) == 0x5f) {
    unusual('The chat template reaches for a private attribute.', name);
  } else if (second == NAME && (isModule(word) || (isHelper(word) && !isHelped(name)))) {
    unusual('The chat template reaches into an object that no chat template has to do with.', word);
  }
}

function judgeFilter(name: Text): void {
  if (!isCounting(name)) markComputed();
  const intoLetters = name.is('list') && second == NAME && third == PIPE && word.is('string');
  if (intoLetters) unusual('The chat template takes a text apart into letters.', name);
}

/** The name before this token is not called. */
function judgeUncalled(): void {
  if (second == DOT && word.is('format')) unusual('The chat template takes hold of a method that fills in texts.', word);
  if (second == PIPE && word.is('attr')) unusual('The chat template asks for an attribute without saying which.', word);
}

function judgeString(text: Text): void {
  const verdict = judgeText(text);
  if (verdict == ESCAPES) accuse(TEMPLATE_ESCAPE, 'The chat template names an attribute that leads out of its sandbox.', text);
  else if (verdict == PROSE) unusual('A text of the chat template holds a name that leads out of sandboxes.', text);
  else if (verdict == STRANGE) unusual('The chat template holds a text that may be a piece of a hidden name.', text);
  if (last == 0x2b) markComputed();
  const kind = innermost().kind, asks = kind == ATTRIBUTE || kind == MAP_ATTRIBUTE;
  if (asks && (text.is('format') || text.is('format_map'))) {
    accuse(TEMPLATE_ESCAPE, 'The chat template takes hold of a method that fills in texts, past its sandbox.', text);
  }
}

/** The first token inside a bracket. */
function judgeFirst(kind: u32): void {
  const bracket = innermost();
  if (bracket.kind == MAP) {
    if (kind == STRING && token.is('attr')) bracket.kind = MAP_ATTRIBUTE;
    else if (kind != STRING && (kind != NAME || !(token.is('attribute') || token.is('default')))) computedName();
  }
  if (bracket.kind == SELECT && kind != STRING) computedName();
}

/** The value of `attribute=` is one text or number; `attribute ==` is a comparison. */
function judgeAwaited(kind: u32): void {
  const isValue = kind == STRING || kind == NUMBER, isEnd = kind == COMMA || kind == ROUND_CLOSE;
  if (awaited == 1 ? !isValue && kind != EQUALS : !isEnd) computedName();
  awaited = awaited == 1 && isValue ? 2 : 0;
}

function computedName(): void {
  unusual('The chat template asks for attributes whose names it computes.', word);
}

function judgeOperator(kind: u32): void {
  if (kind == ROUND_OPEN) openCall();
  else if (kind == SQUARE_OPEN) openBracket(isIndexed() ? INDEX : GROUP);
  else if (kind == CURLY_OPEN) openBracket(GROUP);
  else if (kind == 0x7e || ((kind == 0x25 || kind == 0x2b) && last == STRING)) markComputed();
  else if (kind == 0x2a && last == STRING && isUnderscores(word)) unusual('The chat template multiplies underscores.', word);
  else if (kind == EQUALS && last == NAME && word.is('attribute')) awaited = 1;
}

/** Whether a bracket here picks something out of what stands before it. */
function isIndexed(): bool {
  if (last == NAME) return second == DOT || !isKeyword(word);
  return last == STRING || last == ROUND_CLOSE || last == SQUARE_CLOSE || last == CURLY_CLOSE;
}

function openCall(): void {
  let kind = GROUP;
  if (last == NAME && second == PIPE) {
    if (word.is('attr')) kind = ATTRIBUTE;
    else if (word.is('map')) kind = MAP;
    else if (word.is('selectattr') || word.is('rejectattr')) kind = SELECT;
  } else if (last == NAME && isFunction(word)) {
    if (second == DOT) accuse(TEMPLATE_ESCAPE, 'The chat template calls a function that runs code or opens files.', word);
    else unusual('The chat template calls something named like a function that runs code.', word);
  }
  openBracket(kind);
}

function judgeBracket(): void {
  const bracket = closeBracket();
  if ((bracket.kind == ATTRIBUTE || bracket.kind == MAP_ATTRIBUTE) && !bracket.isLiteral) {
    accuse(TEMPLATE_ESCAPE, 'The chat template asks for an attribute whose name it computes.', word);
  }
  if (bracket.kind == INDEX && bracket.computed) {
    unusual('The chat template puts the name together under which it looks something up.', word);
  }
}

function unusual(words: string, name: Text): void {
  accuse(TEMPLATE_UNUSUAL, words, name);
}

function accuse(rule: u32, words: string, name: Text | null = null): void {
  if (found++ >= MAX_FOUND) return;
  report(rule, task, place, newOutput().put(words), name);
}
