// One file of a url source: its addresses, its path in the model, its hash where the user knows it.

import { allocate } from '../abi';
import { Digest, sameDigest } from '../digest';
import { List } from '../list';
import { Output } from '../output';
import { sameBytes, Text } from '../text';

@unmanaged
export class UrlFile {
  urls: List<Text>;
  path: Text;
  hash: Digest | null;
}

export function urlFile(urls: List<Text>, path: Text, hash: Digest | null): UrlFile {
  const file = changetype<UrlFile>(allocate(offsetof<UrlFile>()));
  file.urls = urls;
  file.path = path;
  file.hash = hash;
  return file;
}

export function sameFiles(a: List<UrlFile>, b: List<UrlFile>): bool {
  if (a.count != b.count) return false;
  for (let i = 0; i < a.count; i++) {
    const x = a.at(i), y = b.at(i);
    if (!sameBytes(x.path, y.path)) return false;
    const hashX = x.hash, hashY = y.hash;
    if (hashX !== null && hashY !== null && !sameDigest(hashX, hashY)) return false;
  }
  return true;
}

export function writeUrlFiles(files: List<UrlFile>, to: Output): void {
  to.byte(0x5b);
  for (let i = 0; i < files.count; i++) {
    const file = files.at(i);
    to.comma().put('{"urls":[');
    for (let j = 0; j < file.urls.count; j++) to.comma().quoted(file.urls.at(j));
    to.byte(0x5d).member('path').quoted(file.path);
    const hash = file.hash;
    if (hash !== null) to.member('hash').quoted(hash.sri());
    to.byte(0x7d);
  }
  to.byte(0x5d);
}
