// Source kind huggingface: a repository of the hub.

import { SPEC_INVALID } from '../../build/generated/status';
import { expectObject, invalid, oneOf, optionalText } from './expect';
import { pathOf, Value } from '../json/value';
import { newOutput, Output } from '../output';
import { problem } from '../problem';
import { isDigit, isLetter, literal, Text } from '../text';
import { checkUrl } from './url';
import { HUGGINGFACE, newSource, Source } from './source';

export function parseHuggingface(value: Value): Source {
  const source = newSource(HUGGINGFACE);
  if (!expectObject(value)) return source;
  const repo = oneOf(value, 'repo', 'repoId', '');
  const revision = oneOf(value, 'revision', 'rev', 'tag');
  if (repo === null) invalid(value).message.put(' lacks `repo`, such as "org/name"');
  else setRepo(source, value, repo);
  setRevision(source, value, revision);
  source.repoType = repoTypeOf(value);
  source.endpoint = endpointOf(value);
  source.patterns = value.member('files');
  return source;
}

/** What follows `huggingface:` in a short form: `[datasets/|spaces/]org/name[@revision]`. */
export function parseHuggingfaceText(value: Value, text: Text): Source {
  const source = newSource(HUGGINGFACE);
  const sign = text.indexOf(0x40);
  const repo = sign < 0 ? text : text.part(0, sign);
  const skip: usize = repo.startsWith('datasets/') ? 9 : repo.startsWith('spaces/') || repo.startsWith('models/') ? 7 : 0;
  source.repoType = literal(skip == 9 ? 'dataset' : repo.startsWith('spaces/') ? 'space' : 'model');
  setRepo(source, value, repo.part(skip, repo.size));
  setRevision(source, value, sign < 0 ? null : text.part(sign + 1, text.size));
  return source;
}

function setRepo(source: Source, where: Value, repo: Text): void {
  source.repo = repo;
  source.title = repo.after(0x2f);
  const slash = repo.indexOf(0x2f);
  const good = slash < 0
    ? isRepoPart(repo)
    : isRepoPart(repo.part(0, slash)) && isRepoPart(repo.part(slash + 1, repo.size));
  if (good) return;
  const made = problem(SPEC_INVALID);
  made.message.put('Not the name of a repository, in `').text(pathOf(where)).byte(0x60);
  made.wanted(literal('org/name, of A-Z a-z 0-9 . _ -')).found(newOutput().shown(repo).asText());
  if (repo.startsWith('datasets/') || repo.startsWith('spaces/')) {
    made.remedy(literal('Leave the prefix out and set `repoType` to "dataset" or "space".'));
  }
}

function isRepoPart(part: Text): bool {
  for (let i: usize = 0; i < part.size; i++) {
    const byte = part.at(i);
    if (!isLetter(byte) && !isDigit(byte) && byte != 0x2d && byte != 0x2e && byte != 0x5f) return false;
  }
  return part.size > 0 && !part.is('.') && !part.is('..');
}

function setRevision(source: Source, where: Value, revision: Text | null): void {
  source.revision = revision === null ? literal('main') : revision;
  source.revisionGiven = revision !== null;
  if (revision === null || isRevision(revision)) return;
  const made = problem(SPEC_INVALID);
  made.message.put('Not a revision, in `').text(pathOf(where)).byte(0x60);
  made.wanted(literal('a branch, a tag or a commit')).found(newOutput().shown(revision).asText());
}

/** What git allows in the name of a reference, roughly. */
function isRevision(text: Text): bool {
  let last: u32 = 0x2f;
  for (let i: usize = 0; i < text.size; i++) {
    const byte = text.at(i);
    if (byte <= 0x20 || byte == 0x7f || byte == 0x7e || byte == 0x5e || byte == 0x3a || byte == 0x3f
      || byte == 0x2a || byte == 0x5b || byte == 0x5c) return false;
    if ((byte == 0x2e && last == 0x2e) || (byte == 0x2f && last == 0x2f)) return false;
    last = byte;
  }
  return text.size > 0 && last != 0x2f;
}

function repoTypeOf(value: Value): Text {
  const type = optionalText(value, 'repoType');
  if (type === null) return literal('model');
  if (type.is('model') || type.is('dataset') || type.is('space')) return type;
  if (type.is('models') || type.is('datasets') || type.is('spaces')) return type.part(0, type.size - 1);
  const made = invalid(value);
  made.message.put(' has an unknown `repoType`');
  made.wanted(literal('model, dataset or space')).found(newOutput().shown(type).asText());
  return type;
}

/** Without slashes at its end, so that one hub is written one way. */
function endpointOf(value: Value): Text | null {
  const endpoint = optionalText(value, 'endpoint');
  if (endpoint === null) return null;
  checkUrl(value, endpoint);
  let size = endpoint.size;
  while (size > 0 && endpoint.at(size - 1) == 0x2f) size--;
  return endpoint.part(0, size);
}

export function writeHuggingface(source: Source, to: Output): void {
  to.put('"huggingface":{').member('repo').quoted(source.repo).member('revision').quoted(source.revision);
  to.member('repoType').quoted(source.repoType);
  const endpoint = source.endpoint;
  if (endpoint !== null) to.member('endpoint').quoted(endpoint);
  to.byte(0x7d);
}
