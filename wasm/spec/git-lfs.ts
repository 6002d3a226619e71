// Source kind git-lfs: a git repository whose large files are kept by Git LFS, on any host.

import { GIT_LFS_ATTRIBUTES } from '../../build/generated/spec-attributes';
import { compileGlobs } from '../glob-match';
import { addText, newObject, Value } from '../json/value';
import { List, newList } from '../list';
import { newOutput } from '../output';
import { literal, Text } from '../text';
import { checkAttributes } from './attributes';
import { isAuthority } from './endpoint';
import { expectObject, invalid, oneOf, refuse, requiredText, textList } from './expect';
import { checkRevision, isCommit } from './revision';
import { MODEL, newSource, Source, VERSION } from './source';

const FORMS = 'https://..., http://..., ssh://..., file:///..., user@host:path or an absolute path';

export function parseGitLfs(value: Value): Source {
  const source = newSource('git-lfs');
  if (!expectObject(value)) return source;
  checkAttributes(value, GIT_LFS_ATTRIBUTES);
  const given = requiredText(value, 'url', '"https://host/org/name.git"');
  const url = given.size > 1 ? given.withoutSlash() : given;
  const asked = oneOf(value, 'rev', 'revision', 'tag');
  const rev = asked !== null ? asked : literal('HEAD');
  checkAddress(value, url);
  checkRevision(value, rev);
  if (rev.startsWith('-')) refuse(value, 'a revision', 'a branch, a tag or a commit', rev);
  const name = url.after(0x2f).after(0x3a);
  source.title = name.endsWith('.git') ? name.part(0, name.size - 4) : name;
  source.patterns = value.member('files');
  source.addText('url', MODEL, url);
  source.setVersion('rev', rev, isCommit(rev), asked !== null);
  addLfsFiles(source, value);
  return source;
}

function addLfsFiles(source: Source, value: Value): void {
  const given = value.member('lfsFiles');
  const globs = given === null ? newList<Text>() : textList(given, 'a list of patterns');
  compileGlobs(globs);
  for (let i = 0; i < globs.count; i++) {
    if (globs.at(i).at(0) != 0x21) continue;
    refuse(value, 'a pattern of `lfsFiles`', 'one that includes', globs.at(i))
      .remedy(literal('Exclude files with `files`: files = [ "!*.onnx" ];'));
  }
  const json = newOutput().byte(0x5b);
  for (let i = 0; i < globs.count; i++) json.comma().quoted(globs.at(i));
  source.addJson('lfsFiles', VERSION, json.byte(0x5d).asText(), globs.count > 0);
}

/** Only what git itself fetches: no option, no program (`ext::`), no password. */
function checkAddress(place: Value, url: Text): void {
  const web: usize = url.startsWith('https://') ? 8 : url.startsWith('http://') ? 7 : 0;
  if (hasSecret(url, web)) {
    const made = invalid(place).wanted(literal('one without: pins are public'));
    made.message.put(' has an address with a name or password');
    made.remedy(literal('Leave it out; git asks its credential helper (`git credential`).'));
  } else if (url.hasControl() || !isAddress(url, web)) {
    refuse(place, 'the address of a git repository', FORMS, url);
  }
}

/** For ssh a name is none. */
function hasSecret(url: Text, web: usize): bool {
  const begin: usize = url.startsWith('ssh://') ? 6 : web;
  if (begin == 0) return false;
  const authority = url.part(begin, pathBegin(url, begin));
  const sign = authority.indexOf(0x40);
  return sign >= 0 && (web > 0 || authority.part(0, sign).indexOf(0x3a) >= 0);
}

function isAddress(url: Text, web: usize): bool {
  if (url.startsWith('/')) return true;
  if (url.hasControl(true)) return false;
  if (url.startsWith('file:///')) return hasNoQuery(url);
  if (web > 0) return hasNoQuery(url) && isAuthority(url.part(web, pathBegin(url, web)));
  if (url.startsWith('ssh://')) {
    const begin = pathBegin(url, 6);
    return hasNoQuery(url) && begin + 1 < url.size && isLogin(url.part(6, begin));
  }
  const colon = url.indexOf(0x3a);
  return colon > 0 && isScpLike(url.part(0, colon), url.part(colon + 1, url.size));
}

/** `user@host:path`. What begins with `:` or `//` would be another scheme. */
function isScpLike(login: Text, path: Text): bool {
  return isLogin(login) && path.size > 0 && !path.startsWith(':') && !path.startsWith('//');
}

function isLogin(text: Text): bool {
  const at = text.indexOf(0x40);
  const user = text.part(0, max<isize>(at, 0));
  const good = at < 0 || (user.size > 0 && user.consistsOf('._-') && user.at(0) != 0x2d);
  return good && isAuthority(text.part(at + 1, text.size));
}

function hasNoQuery(url: Text): bool {
  return url.indexOf(0x3f) < 0 && url.indexOf(0x23) < 0;
}

function pathBegin(url: Text, from: usize): usize {
  const slash = url.indexOf(0x2f, from);
  return slash < 0 ? url.size : <usize>slash;
}

/** What follows `git-lfs:`: `URL[@revision]`. The sign before a host belongs to the URL. */
export function gitLfsForm(place: Value, text: Text): Value {
  const form = newObject(place);
  const scheme = text.indexOf(0x3a);
  const isUrl = scheme >= 0 && text.part(scheme, text.size).startsWith('://');
  const path = isUrl ? pathBegin(text, scheme + 3) : <usize>max<isize>(scheme, 0);
  const sign = text.indexOf(0x40, path);
  addText(form, literal('url'), sign < 0 ? text : text.part(0, sign));
  if (sign >= 0) addText(form, literal('rev'), text.part(sign + 1, text.size));
  return form;
}
