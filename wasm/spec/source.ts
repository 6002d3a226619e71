// Where a model comes from, in any of the forms that users write: a short text, one attribute named
// after the kind, or the flat form with `source = "kind"`. A new kind adds a file like
// huggingface.ts and a line in `parseKind` and `writeSource`.

import {
  FLAT_HUGGINGFACE_ATTRIBUTES, FLAT_URL_ATTRIBUTES, HUGGINGFACE_ATTRIBUTES, SOURCE_ATTRIBUTES,
  URL_ATTRIBUTES,
} from '../../build/generated/spec-attributes';
import { SPEC_INVALID } from '../../build/generated/status';
import { allocate } from '../abi';
import { keyOf, NULL, OBJECT, STRING, Value } from '../json/value';
import { List, newList } from '../list';
import { newOutput, Output } from '../output';
import { ok, problem } from '../problem';
import { literal, sameBytes, Text } from '../text';
import { checkAttributes, listed, nearest } from './attributes';
import { invalid, wrongType } from './expect';
import { parseHuggingface, parseHuggingfaceText, writeHuggingface } from './huggingface';
import { sameFiles, UrlFile, parseUrl, parseUrlText, writeUrl } from './url';

export const HUGGINGFACE: u32 = 1;
export const URL: u32 = 2;

@unmanaged
export class Source {
  kind: u32;
  /** What the model is called where the spec gives no name; null where nothing suggests itself. */
  title: Text | null;
  /** The `files` attribute within the source; null where there is none. */
  patterns: Value | null;
  // huggingface
  repo: Text;
  revision: Text;
  revisionGiven: bool;
  repoType: Text;
  endpoint: Text | null;
  // url
  files: List<UrlFile>;
}

export function newSource(kind: u32): Source {
  const source = changetype<Source>(allocate(offsetof<Source>()));
  const empty = literal('');
  source.kind = kind;
  source.title = null;
  source.patterns = null;
  source.repo = empty;
  source.revision = empty;
  source.revisionGiven = false;
  source.repoType = empty;
  source.endpoint = null;
  source.files = newList<UrlFile>();
  return source;
}

export function parseSource(value: Value): Source {
  if (value.kind == STRING) return parseShortForm(value);
  if (value.kind != OBJECT) {
    wrongType(value, 'an attribute set or a text such as "huggingface:org/name@main"');
    return newSource(0);
  }
  const kind = value.member('source');
  if (kind !== null) return parseFlat(value, kind);
  let chosen: Value | null = null;
  for (let i = 0; i < value.count && ok(); i++) {
    const member = value.child(i);
    if (member.kind == NULL && listed(SOURCE_ATTRIBUTES, keyOf(member))) continue;
    if (chosen !== null) invalid(value).message.put(' names several kinds of source: keep one');
    chosen = member;
  }
  if (chosen === null) {
    invalid(value).message.put(' is empty: it needs `huggingface` or `url`');
    return newSource(0);
  }
  return parseKind(keyOf(chosen), chosen, HUGGINGFACE_ATTRIBUTES, URL_ATTRIBUTES);
}

function parseFlat(value: Value, kind: Value): Source {
  if (kind.kind != STRING) wrongType(kind, 'the kind of source: "huggingface" or "url"');
  return parseKind(kind, value, FLAT_HUGGINGFACE_ATTRIBUTES, FLAT_URL_ATTRIBUTES);
}

function parseKind(kind: Text, value: Value, huggingface: string, url: string): Source {
  if (kind.is('huggingface') || kind.is('url')) {
    const isUrl = kind.is('url');
    if (value.kind == OBJECT) checkAttributes(value, isUrl ? url : huggingface);
    return isUrl ? parseUrl(value) : parseHuggingface(value);
  }
  const made = problem(SPEC_INVALID);
  made.message.put('Unknown kind of source: `').shown(kind).byte(0x60);
  const near = nearest(SOURCE_ATTRIBUTES, kind);
  if (near !== null) made.message.put('; did you mean `').text(near).put('`?');
  made.wanted(literal('huggingface or url'));
  return newSource(0);
}

/** `huggingface:org/name@revision`, `hf:…`, or a URL. */
function parseShortForm(value: Value): Source {
  if (value.startsWith('https://') || value.startsWith('http://')) return parseUrlText(value);
  if (value.startsWith('huggingface:')) return parseHuggingfaceText(value, value.part(12, value.size));
  if (value.startsWith('hf:')) return parseHuggingfaceText(value, value.part(3, value.size));
  const made = invalid(value);
  made.message.put(' is no short form of a source');
  made.wanted(literal('huggingface:org/name@revision, or a URL')).found(newOutput().shown(value).asText());
  return newSource(0);
}

/** The normalised source: {"huggingface": {...}} or {"url": {...}}. */
export function writeSource(source: Source, to: Output): void {
  to.byte(0x7b);
  if (source.kind == HUGGINGFACE) writeHuggingface(source, to);
  if (source.kind == URL) writeUrl(source, to);
  to.byte(0x7d);
}

/** Whether both mean the same model, revision and address of the hub apart. */
export function sameModel(a: Source, b: Source): bool {
  if (a.kind != b.kind) return false;
  if (a.kind == URL) return sameFiles(a.files, b.files);
  return sameBytes(a.repo, b.repo) && sameBytes(a.repoType, b.repoType);
}
