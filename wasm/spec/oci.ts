// Source kind oci: any artifact of a Docker or OCI registry.

import { OCI_ATTRIBUTES } from '../../build/generated/spec-attributes';
import { Value } from '../json/value';
import { ok } from '../problem';
import { literal } from '../text';
import { checkAttributes } from './attributes';
import { expectObject, invalid } from './expect';
import { addImage, imageOf } from './registry';
import { newSource, Source } from './source';

export function parseOci(value: Value): Source {
  const source = newSource('oci');
  if (!expectObject(value)) return source;
  checkAttributes(value, OCI_ATTRIBUTES);
  const image = imageOf(value, 'image', '"ghcr.io/org/name:tag"', false);
  const registry = image.registry;
  if (registry === null && ok()) {
    const made = invalid(value).wanted(literal('ghcr.io/org/name:tag')).found(image.repository);
    made.message.put(' names no registry');
    made.remedy(literal('Begin with the host, such as ghcr.io/org/name, or docker.io/org/name for Docker Hub.'));
  }
  addImage(source, value, registry === null ? literal('') : registry, image.repository, image.reference);
  return source;
}
