// Source kind gcs: a folder of a bucket of Google Cloud Storage.

import { GCS_ATTRIBUTES } from '../../build/generated/spec-attributes';
import { Value } from '../json/value';
import { checkAttributes } from './attributes';
import { endpointOf } from './endpoint';
import { expectObject, requiredText } from './expect';
import { addFlag, addPrefix, checkBucket } from './object-store';
import { ACCESS, MODEL, newSource, Source } from './source';

export function parseGcs(value: Value): Source {
  const source = newSource('gcs');
  if (!expectObject(value)) return source;
  checkAttributes(value, GCS_ATTRIBUTES);
  const bucket = requiredText(value, 'bucket', '"my-models"');
  checkBucket(value, bucket);
  source.patterns = value.member('files');
  source.addText('bucket', MODEL, bucket);
  addPrefix(source, value, bucket);
  source.addText('endpoint', ACCESS, endpointOf(value, 'endpoint'));
  addFlag(source, value, 'anonymous', ACCESS);
  return source;
}
