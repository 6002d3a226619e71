// What the registries (ollama, oci) have in common: `[host/]repository[:tag][@digest]`, normalised to
// the registry's address, the repository and the tag or digest.

import { allocate } from '../abi';
import { Value } from '../json/value';
import { newOutput } from '../output';
import { isDigit, isLetter, literal, Text } from '../text';
import { isAuthority, isLoopback } from './endpoint';
import { invalid, optionalText, refuse } from './expect';
import { MODEL, Source } from './source';

/** The distribution specification's limits. */
const MAX_REPOSITORY_BYTES: usize = 255;
const MAX_TAG_BYTES: usize = 128;
const DIGEST_BYTES: usize = 71;

@unmanaged
export class Image {
  registry: Text | null;
  repository: Text;
  reference: Text | null;
}

/** From the one text (`model`, `image`) or from the three attributes. */
export function imageOf(value: Value, name: string, example: string, ownHosts: bool): Image {
  const text = optionalText(value, name);
  const registry = optionalText(value, 'registry');
  const repository = optionalText(value, 'repository');
  const reference = optionalText(value, 'reference');
  if (text !== null) {
    if (registry !== null || repository !== null || reference !== null) {
      invalid(value).message.put(' has `').put(name).put('`: `registry`, `repository` and `reference` say the same');
    }
    return splitImage(text, ownHosts);
  }
  if (repository === null) invalid(value).message.put(' lacks `').put(name).put('`, such as ').put(example);
  return newImage(registry, repository === null ? literal('') : repository, reference);
}

function newImage(registry: Text | null, repository: Text, reference: Text | null): Image {
  const image = changetype<Image>(allocate(offsetof<Image>()));
  image.registry = registry;
  image.repository = repository;
  image.reference = reference;
  return image;
}

/** A digest counts more than the tag beside it. */
function splitImage(text: Text, ownHosts: bool): Image {
  const at = text.indexOf(0x40);
  let name = at < 0 ? text : text.part(0, at);
  let reference: Text | null = at < 0 ? null : text.part(at + 1, text.size);
  const colon = name.lastIndexOf(0x3a);
  if (colon > name.lastIndexOf(0x2f)) {
    if (reference === null) reference = name.part(colon + 1, name.size);
    name = name.part(0, colon);
  }
  const end = hostEnd(name, ownHosts);
  if (end == 0) return newImage(null, name, reference);
  return newImage(name.part(0, end), name.part(min(end + 1, name.size), name.size), reference);
}

/** Where the registry's address ends; 0 where the name begins with the repository. */
function hostEnd(name: Text, ownHosts: bool): usize {
  const scheme = schemeBytes(name);
  const slash = name.indexOf(0x2f, scheme);
  if (slash < 0) return scheme > 0 ? name.size : 0;
  const first = name.part(0, slash);
  const isHost = scheme > 0 || first.is('localhost') || first.indexOf(0x2e) >= 0 || first.indexOf(0x3a) >= 0
    || (ownHosts && name.indexOf(0x2f, slash + 1) >= 0);
  return isHost ? slash : 0;
}

function schemeBytes(text: Text): usize {
  return text.startsWith('https://') ? 8 : text.startsWith('http://') ? 7 : 0;
}

/** Adds the three fields; the repository's last part is the model's title. */
export function addImage(source: Source, value: Value, registry: Text, repository: Text, reference: Text | null): void {
  checkRepository(value, repository);
  if (reference !== null && !isTag(reference) && !isDigest(reference)) {
    refuse(value, 'a tag or digest', 'latest, or sha256: and 64 hexadecimal digits', reference);
  }
  const version = reference === null ? literal('latest') : reference;
  source.title = repository.after(0x2f);
  source.patterns = value.member('files');
  source.addText('registry', MODEL, addressOf(value, registry));
  source.addText('repository', MODEL, repository);
  source.setVersion('reference', version, isDigest(version), reference !== null);
}

/** With its scheme: https, or http on this machine, unless the spec says otherwise. */
function addressOf(value: Value, registry: Text): Text {
  const scheme = schemeBytes(registry);
  const host = registry.part(scheme, registry.size).withoutSlash();
  if (!isAuthority(host)) refuse(value, 'a registry', 'a host such as ghcr.io, or its address', registry);
  if (scheme > 0) return registry.part(0, scheme + host.size);
  return newOutput().put(isLoopback(host) ? 'http://' : 'https://').text(host).asText();
}

function checkRepository(place: Value, repository: Text): void {
  let good = repository.size > 0 && repository.size <= MAX_REPOSITORY_BYTES && repository.consistsOf('._-/');
  let last: u32 = 0x2f;
  for (let i: usize = 0; i < repository.size; i++) {
    const byte = repository.at(i);
    if (last == 0x2f && !isTagStart(byte)) good = false;
    last = byte;
  }
  if (good && last != 0x2f) return;
  refuse(place, 'a repository', 'org/name, of A-Z a-z 0-9 . _ -', repository);
}

function isTag(text: Text): bool {
  return text.size > 0 && text.size <= MAX_TAG_BYTES && isTagStart(text.at(0)) && text.consistsOf('._-');
}

function isTagStart(byte: u32): bool {
  return isLetter(byte) || isDigit(byte) || byte == 0x5f;
}

/** `sha256:` and 64 lower-case hexadecimal digits. */
export function isDigest(text: Text): bool {
  if (text.size != DIGEST_BYTES || !text.startsWith('sha256:')) return false;
  for (let i: usize = 7; i < DIGEST_BYTES; i++) {
    if (!isDigit(text.at(i)) && text.at(i) - 0x61 > 5) return false;
  }
  return true;
}
