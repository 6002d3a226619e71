// Source kind s3: a folder of a bucket, at Amazon or at any server that speaks S3.

import { S3_ATTRIBUTES } from '../../build/generated/spec-attributes';
import { Value } from '../json/value';
import { checkAttributes } from './attributes';
import { endpointOf } from './endpoint';
import { expectObject, optionalText, refuse, requiredText } from './expect';
import { addFlag, addPrefix, checkBucket } from './object-store';
import { ACCESS, MODEL, newSource, Source } from './source';

export function parseS3(value: Value): Source {
  const source = newSource('s3');
  if (!expectObject(value)) return source;
  checkAttributes(value, S3_ATTRIBUTES);
  const bucket = requiredText(value, 'bucket', '"my-models"');
  const region = optionalText(value, 'region');
  const profile = optionalText(value, 'profile');
  checkBucket(value, bucket);
  if (region !== null && (region.size == 0 || !region.consistsOf('-'))) {
    refuse(value, 'a region', 'letters, digits and "-", such as eu-west-1', region);
  }
  if (profile !== null && (profile.size == 0 || profile.hasControl())) {
    refuse(value, 'a profile', 'a name in ~/.aws/config', profile);
  }
  source.patterns = value.member('files');
  source.addText('bucket', MODEL, bucket);
  addPrefix(source, value, bucket);
  source.addText('region', ACCESS, region);
  source.addText('endpoint', ACCESS, endpointOf(value, 'endpoint'));
  addFlag(source, value, 'pathStyle', ACCESS);
  addFlag(source, value, 'anonymous', ACCESS);
  source.addText('profile', ACCESS, profile);
  return source;
}
