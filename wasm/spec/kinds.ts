// The kinds of sources, in any of the forms that users write: a short text, one attribute named
// after the kind, or the flat form with `source = "kind"`. A new kind adds a file like s3.ts, its
// attributes in src/spec/schema.json and a line in `parseKind`.

import { SOURCE_ATTRIBUTES } from '../../build/generated/spec-attributes';
import { SPEC_INVALID } from '../../build/generated/status';
import { addText, keyOf, newObject, NULL, OBJECT, STRING, Value } from '../json/value';
import { newOutput } from '../output';
import { ok, problem } from '../problem';
import { literal, Text } from '../text';
import { listed, nearest } from './attributes';
import { azureForm, parseAzure, wasbsForm } from './azure';
import { invalid, wrongType } from './expect';
import { parseGcs } from './gcs';
import { gitLfsForm, parseGitLfs } from './git-lfs';
import { huggingfaceForm, parseHuggingface } from './huggingface';
import { mlflowForm, parseMlflow } from './mlflow';
import { bucketForm } from './object-store';
import { parseOci } from './oci';
import { parseOllama } from './ollama';
import { parseS3 } from './s3';
import { newSource, Source } from './source';
import { parseUrl } from './url';

/** What short forms begin with, as far as a typing mistake may be meant for it. */
const SHORT_FORMS = ' huggingface: hf: https:// mlflow: git-lfs: s3:// gs:// azure:// wasbs:// ollama: oci: ';

export function parseSource(value: Value): Source {
  if (value.kind == STRING) return parseShort(value);
  if (value.kind != OBJECT) {
    wrongType(value, 'an attribute set or a text such as "huggingface:org/name@main"');
    return newSource('');
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
  if (chosen !== null) return parseKind(keyOf(chosen), chosen);
  invalid(value).wanted(knownKinds()).message.put(' is empty: it needs one attribute, the kind of source');
  return newSource('');
}

/** { source = "s3"; bucket = ...; } is { s3 = { bucket = ...; }; }. */
function parseFlat(value: Value, kind: Value): Source {
  if (kind.kind != STRING) {
    wrongType(kind, 'the kind of source, such as "huggingface"');
    return newSource('');
  }
  const rest = newObject(value);
  for (let i = 0; i < value.count; i++) {
    if (value.child(i) !== kind) rest.children.push(value.child(i));
  }
  return parseKind(kind, rest);
}

/** `huggingface:org/name@revision`, `s3://bucket/folder`, a URL. */
function parseShort(value: Value): Source {
  const colon = value.indexOf(0x3a);
  const prefix = value.part(0, max(colon, 0));
  const rest = value.part(colon + 1, value.size);
  if (prefix.is('huggingface') || prefix.is('hf')) return parseHuggingface(huggingfaceForm(value, rest));
  if (prefix.is('mlflow')) return parseMlflow(mlflowForm(value, rest));
  if (prefix.is('git-lfs')) return parseGitLfs(gitLfsForm(value, rest));
  if (prefix.is('ollama')) return parseOllama(textForm(value, 'model', rest));
  if (prefix.is('oci')) return parseOci(textForm(value, 'image', rest));
  if (rest.startsWith('//')) {
    const address = rest.part(2, rest.size);
    if (prefix.is('https') || prefix.is('http')) return parseUrl(value);
    if (prefix.is('s3')) return parseS3(bucketForm(value, address));
    if (prefix.is('gs')) return parseGcs(bucketForm(value, address));
    if (prefix.is('azure')) return parseAzure(azureForm(value, address));
    if (prefix.is('wasbs')) return parseAzure(wasbsForm(value, address));
  }
  const made = invalid(value);
  made.message.put(' is no short form of a source');
  const near = nearest(SHORT_FORMS, value.part(0, value.size - rest.size + slashes(rest)));
  if (near !== null) made.message.put('; did you mean `').text(near).put('...`?');
  made.wanted(literal('huggingface:org/name@revision, a URL, or one that begins with mlflow: git-lfs: s3:// gs:// azure:// wasbs:// ollama: oci:'));
  made.found(newOutput().shown(value).asText());
  return newSource('');
}

function textForm(value: Value, name: string, text: Text): Value {
  const form = newObject(value);
  addText(form, literal(name), text);
  return form;
}

/** How many bytes of `//` the text begins with. */
function slashes(text: Text): usize {
  return text.startsWith('//') ? 2 : 0;
}

function parseKind(kind: Text, value: Value): Source {
  if (kind.is('huggingface')) return parseHuggingface(value);
  if (kind.is('url')) return parseUrl(value);
  if (kind.is('mlflow')) return parseMlflow(value);
  if (kind.is('git-lfs')) return parseGitLfs(value);
  if (kind.is('s3')) return parseS3(value);
  if (kind.is('gcs')) return parseGcs(value);
  if (kind.is('azure')) return parseAzure(value);
  if (kind.is('ollama')) return parseOllama(value);
  if (kind.is('oci')) return parseOci(value);
  const made = problem(SPEC_INVALID);
  made.message.put('Unknown kind of source: `').shown(kind).byte(0x60);
  const near = nearest(SOURCE_ATTRIBUTES, kind);
  if (near !== null) made.message.put('; did you mean `').text(near).put('`?');
  made.wanted(knownKinds());
  return newSource('');
}

/** "huggingface url mlflow ..." */
function knownKinds(): Text {
  const known = newOutput().put('one of').put(SOURCE_ATTRIBUTES).asText();
  return known.part(0, known.size - 1);
}
