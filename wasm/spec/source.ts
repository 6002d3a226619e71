// What a source of any kind is once it is read: its kind, the fields that it is written with again,
// and what they suggest for the model's name. kinds.ts knows which kinds there are.

import { allocate } from '../abi';
import { Value } from '../json/value';
import { List, newList } from '../list';
import { newOutput, Output } from '../output';
import { literal, sameBytes, Text } from '../text';
import { sameFiles, UrlFile, writeUrlFiles } from './url-file';

/** Says which model it is: a lock of another one does not fit. */
export const MODEL: u32 = 0;
/** Says which version of it: left open, it is the lock's. */
export const VERSION: u32 = 1;
/** Says how to get at it: may differ from the lock's; left open, it is the lock's. */
export const ACCESS: u32 = 2;

@unmanaged
export class Field {
  name: string;
  role: u32;
  /** As JSON; null where nothing stands for it. */
  json: Text | null;
  /** Whether the user said so; else it is a default. */
  given: bool;
}

@unmanaged
export class Source {
  /** Empty where there is none. */
  kind: string;
  /** What the model is called where the spec gives no name; null where nothing suggests itself. */
  title: Text | null;
  /** The `files` attribute within the source; null where there is none. */
  patterns: Value | null;
  /** For each kind the same number of fields in the same order. */
  fields: List<Field>;
  /** Which version is asked for: a branch, a tag, an alias; empty where there is no such thing. */
  revision: Text;
  /** Whether that never moves, as a commit or a digest does not. */
  isFixed: bool;
  /** Of kind url, which has no fields. */
  files: List<UrlFile>;

  addText(name: string, role: u32, text: Text | null, given: bool = true): void {
    this.addJson(name, role, text === null ? null : newOutput(text.size + 2).quoted(text).asText(), given);
  }

  /** The version that is asked for; `isFixed` where it never moves. */
  setVersion(name: string, text: Text, isFixed: bool, given: bool): void {
    this.addText(name, VERSION, text, given);
    this.revision = text;
    this.isFixed = isFixed;
  }

  addJson(name: string, role: u32, json: Text | null, given: bool = true): void {
    const field = changetype<Field>(allocate(offsetof<Field>()));
    field.name = name;
    field.role = role;
    field.json = json;
    field.given = given && json !== null;
    this.fields.push(field);
  }

  /** What is left open comes from the lock. */
  complete(locked: Source): void {
    for (let i = 0; i < this.fields.count; i++) {
      const field = this.fields.at(i);
      if (field.given) continue;
      field.json = locked.fields.at(i).json;
      if (field.role != VERSION || locked.revision.size == 0) continue;
      this.revision = locked.revision;
      this.isFixed = locked.isFixed;
    }
  }
}

export function newSource(kind: string): Source {
  const source = changetype<Source>(allocate(offsetof<Source>()));
  source.kind = kind;
  source.title = null;
  source.patterns = null;
  source.fields = newList<Field>();
  source.revision = literal('');
  source.isFixed = false;
  source.files = newList<UrlFile>();
  return source;
}

/** The normalised source: {"huggingface": {...}}, {"s3": {...}}, ... */
export function writeSource(source: Source, to: Output): void {
  to.put('{"').put(source.kind).put('":{');
  if (source.files.count > 0) writeUrlFiles(source.files, to.member('urls'));
  for (let i = 0; i < source.fields.count; i++) {
    const json = source.fields.at(i).json;
    if (json !== null) to.member(source.fields.at(i).name).text(json);
  }
  to.put('}}');
}

/** Whether both mean the same model, whatever its version and the way to it. */
export function sameModel(a: Source, b: Source): bool {
  if (a.kind != b.kind) return false;
  for (let i = 0; i < a.fields.count; i++) {
    if (a.fields.at(i).role == MODEL && !sameField(a.fields.at(i), b.fields.at(i))) return false;
  }
  return sameFiles(a.files, b.files);
}

/** The first field that asks for another version than the locked one; null where none does. */
export function otherVersion(source: Source, locked: Source, revision: Text | null): Field | null {
  const pinned = revision === null ? literal('') : newOutput().quoted(revision).asText();
  for (let i = 0; i < source.fields.count; i++) {
    const field = source.fields.at(i);
    if (field.role != VERSION || !field.given || sameField(field, locked.fields.at(i))) continue;
    if (!sameBytes(changetype<Text>(field.json), pinned)) return field;
  }
  return null;
}

function sameField(a: Field, b: Field): bool {
  const x = a.json, y = b.json;
  if (x === null || y === null) return x === y;
  return a.name == b.name && sameBytes(x, y);
}
