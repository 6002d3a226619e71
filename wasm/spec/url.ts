// Source kind url: files by their addresses, each with mirrors and a hash where the user knows it.

import { URL_ATTRIBUTES, URL_FILE_ATTRIBUTES } from '../../build/generated/spec-attributes';
import { SPEC_INVALID } from '../../build/generated/status';
import { Digest } from '../digest';
import { ARRAY, OBJECT, pathOf, STRING, Value } from '../json/value';
import { List, newList } from '../list';
import { newOutput } from '../output';
import { percentDecoded } from '../percent';
import { ok, problem } from '../problem';
import { literal, Text } from '../text';
import { checkAttributes } from './attributes';
import { invalid, oneOf, textList, wrongType } from './expect';
import { optionalHash } from './hash';
import { newSource, Source } from './source';
import { UrlFile, urlFile } from './url-file';

/** A single URL, a list of files, or a set with `url` or `urls`. */
export function parseUrl(value: Value): Source {
  const source = newSource('url');
  if (value.kind == STRING) {
    source.files.push(oneUrl(value));
  } else if (value.kind == ARRAY) {
    parseItems(source, value);
  } else if (value.kind != OBJECT) {
    wrongType(value, 'a URL, a list of files, or an attribute set with `url` or `urls`');
  } else {
    checkAttributes(value, URL_ATTRIBUTES);
    source.patterns = value.member('files');
    const urls = value.member('urls');
    if (urls === null) source.files.push(parseFile(value));
    else if (urls.kind != ARRAY) wrongType(urls, 'a list of files');
    else parseFiles(source, value, urls);
  }
  if (source.files.count == 1) source.title = source.files.at(0).path.after(0x2f);
  return source;
}

function parseFiles(source: Source, value: Value, urls: Value): void {
  const single = value.member('url') !== null || oneOf(value, 'path', 'name', '') !== null
    || oneOf(value, 'hash', 'sha256', 'sha512') !== null;
  if (single) {
    invalid(value).message.put(' has `urls`, a list of files: `url`, `path` and hashes belong in its elements');
  }
  parseItems(source, urls);
}

function parseItems(source: Source, items: Value): void {
  if (items.count == 0) invalid(items).message.put(' is empty: the model would have no files');
  for (let i = 0; i < items.count && ok(); i++) {
    const item = items.child(i);
    if (item.kind == STRING) {
      source.files.push(oneUrl(item));
    } else if (item.kind == OBJECT) {
      checkAttributes(item, URL_FILE_ATTRIBUTES);
      source.files.push(parseFile(item));
    } else {
      wrongType(item, 'a URL or an attribute set with `url`');
    }
  }
}

/** { url | urls, path | name, hash | sha256 | sha512 }, all but the first optional. */
function parseFile(value: Value): UrlFile {
  const urls = urlsOf(value);
  oneOf(value, 'hash', 'sha256', 'sha512');
  const path = oneOf(value, 'path', 'name', '');
  const first = urls.count > 0 ? urls.at(0) : literal('');
  return urlFile(urls, path !== null ? path : pathFrom(value, first), fileHash(value));
}

function urlsOf(value: Value): List<Text> {
  const url = value.member('url');
  const mirrors = value.member('urls');
  if ((url === null) == (mirrors === null)) {
    invalid(value).message.put(url === null ? ' lacks `url`' : ' has `url` and `urls`: keep one');
    return newList<Text>();
  }
  const urls = mirrors !== null ? textList(mirrors, 'a list of URLs') : newList<Text>();
  if (url !== null && url.kind != STRING) wrongType(url, 'a URL');
  else if (url !== null) urls.push(url);
  if (mirrors !== null && mirrors.count == 0) invalid(mirrors).message.put(' is empty');
  for (let i = 0; i < urls.count && ok(); i++) checkUrl(value, urls.at(i));
  return urls;
}

/** The named algorithm must be the hash's own. */
function fileHash(value: Value): Digest | null {
  const sha256 = optionalHash(value, 'sha256');
  const sha512 = optionalHash(value, 'sha512');
  const wrong = (sha256 !== null && !sha256.isSha256) || (sha512 !== null && sha512.isSha256);
  if (wrong) invalid(value).message.put(' has a hash of another algorithm than its attribute says');
  return sha256 !== null ? sha256 : sha512 !== null ? sha512 : optionalHash(value, 'hash');
}

function oneUrl(value: Value): UrlFile {
  checkUrl(value, value);
  const urls = newList<Text>();
  urls.push(value);
  return urlFile(urls, pathFrom(value, value), null);
}

/** http or https, a host, no blanks, and no password: specs end up readable in the Nix store. */
export function checkUrl(where: Value, url: Text): void {
  const scheme: usize = url.startsWith('https://') ? 8 : url.startsWith('http://') ? 7 : 0;
  const host = url.part(scheme, authorityEnd(url, scheme));
  const secret = host.indexOf(0x40) >= 0;
  if (scheme > 0 && host.size > 0 && !url.hasControl(true) && !secret) return;
  const made = problem(SPEC_INVALID);
  made.message.put(secret ? 'A URL with a password, in `' : 'Not a URL, in `').text(pathOf(where)).byte(0x60);
  made.wanted(literal(secret ? 'a URL without one: the Nix store is readable by everyone' : 'http:// or https://, a host'));
  if (!secret) made.found(newOutput().shown(url).asText());
}


function authorityEnd(url: Text, from: usize): usize {
  let end = from;
  while (end < url.size && url.at(end) != 0x2f && url.at(end) != 0x3f && url.at(end) != 0x23) end++;
  return end;
}

/** The last part of a URL's path, percent signs decoded. */
function pathFrom(where: Value, url: Text): Text {
  const scheme: usize = url.startsWith('https://') ? 8 : 7;
  const begin = authorityEnd(url, min(scheme, url.size));
  let end = begin;
  while (end < url.size && url.at(end) != 0x3f && url.at(end) != 0x23) end++;
  const name = percentDecoded(url.part(begin, end).after(0x2f));
  if (name.size == 0 || name.indexOf(0x2f) >= 0) {
    const made = problem(SPEC_INVALID);
    made.message.put('The URL in `').text(pathOf(where)).put('` names no file');
    made.found(newOutput().shown(url).asText()).remedy(literal('Say what the file is called in the model: { url = "..."; path = "model.bin"; }'));
  }
  return name;
}
