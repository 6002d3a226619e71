// Source kind huggingface: a repository of the hub.

import { HUGGINGFACE_ATTRIBUTES } from '../../build/generated/spec-attributes';
import { addText, newObject, Value } from '../json/value';
import { literal, Text } from '../text';
import { checkAttributes } from './attributes';
import { endpointOf } from './endpoint';
import { expectObject, invalid, oneOf, optionalText, refuse } from './expect';
import { checkRevision, isCommit } from './revision';
import { ACCESS, MODEL, newSource, Source } from './source';

export function parseHuggingface(value: Value): Source {
  const source = newSource('huggingface');
  if (!expectObject(value)) return source;
  checkAttributes(value, HUGGINGFACE_ATTRIBUTES);
  const repo = oneOf(value, 'repo', 'repoId', '');
  const given = oneOf(value, 'revision', 'rev', 'tag');
  const revision = given !== null ? given : literal('main');
  if (repo === null) invalid(value).message.put(' lacks `repo`, such as "org/name"');
  else checkRepo(value, repo);
  checkRevision(value, revision);
  source.title = repo === null ? null : repo.after(0x2f);
  source.patterns = value.member('files');
  source.addText('repo', MODEL, repo);
  source.setVersion('revision', revision, isCommit(revision), given !== null);
  source.addText('repoType', MODEL, repoTypeOf(value));
  source.addText('endpoint', ACCESS, endpointOf(value, 'endpoint'));
  return source;
}

/** What follows `huggingface:` in a short form: `[datasets/|spaces/]org/name[@revision]`. */
export function huggingfaceForm(place: Value, text: Text): Value {
  const form = newObject(place);
  const sign = text.indexOf(0x40);
  const repo = sign < 0 ? text : text.part(0, sign);
  const type = repo.startsWith('datasets/') ? 'dataset' : repo.startsWith('spaces/') ? 'space' : 'model';
  const isTyped = type != 'model' || repo.startsWith('models/');
  const skip = isTyped ? <usize>type.length + 2 : 0;
  addText(form, literal('repo'), repo.part(skip, repo.size));
  addText(form, literal('repoType'), literal(type));
  if (sign >= 0) addText(form, literal('revision'), text.part(sign + 1, text.size));
  return form;
}

function checkRepo(place: Value, repo: Text): void {
  const slash = repo.indexOf(0x2f);
  const good = slash < 0
    ? isRepoPart(repo)
    : isRepoPart(repo.part(0, slash)) && isRepoPart(repo.part(slash + 1, repo.size));
  if (good) return;
  const made = refuse(place, 'the name of a repository', 'org/name, of A-Z a-z 0-9 . _ -', repo);
  if (repo.startsWith('datasets/') || repo.startsWith('spaces/')) {
    made.remedy(literal('Leave the prefix out and set `repoType` to "dataset" or "space".'));
  }
}

function isRepoPart(part: Text): bool {
  return part.size > 0 && part.consistsOf('._-') && !part.is('.') && !part.is('..');
}

function repoTypeOf(value: Value): Text {
  const type = optionalText(value, 'repoType');
  if (type === null) return literal('model');
  if (type.is('model') || type.is('dataset') || type.is('space')) return type;
  if (type.is('models') || type.is('datasets') || type.is('spaces')) return type.part(0, type.size - 1);
  refuse(value, 'a `repoType`', 'model, dataset or space', type);
  return type;
}
