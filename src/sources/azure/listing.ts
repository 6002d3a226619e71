// One page of a container's listing. A server's word: types and sizes are checked here, names where
// the selection is made. Pure.

import { ModelError } from '../../base/errors.ts';
import type { ObjectPage, StoredObject } from '../objects/list-objects.ts';
import { parseSize } from '../objects/parse-size.ts';
import { children, textOf, type XmlNode } from '../objects/xml.ts';

export function parsePage(page: XmlNode, subject: string): ObjectPage {
  const blobs = children(page, 'Blobs').flatMap((list) => children(list, 'Blob'));
  const objects = blobs.flatMap((blob) => parseBlob(blob, subject) ?? []);
  return { objects, next: textOf(page, 'NextMarker') };
}

function parseBlob(blob: XmlNode, subject: string): StoredObject | undefined {
  const key = textOf(blob, 'Name');
  const [properties] = children(blob, 'Properties');
  if (key === undefined || properties === undefined) {
    throw new ModelError('PROTOCOL', "The container's listing is malformed", {
      subject,
      wanted: 'a name and properties for each blob',
    });
  }
  // Accounts with a hierarchical namespace list their folders as well.
  if (textOf(properties, 'ResourceType') === 'directory') return undefined;
  return { key, size: parseSize(textOf(properties, 'Content-Length'), `${subject}: ${key}`) };
}
