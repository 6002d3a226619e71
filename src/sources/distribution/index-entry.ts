// Which manifest of an index is meant. A model has no platform, so there is one to choose in most
// indexes; where there are several the user decides. Pure.

import { ModelError } from '../../base/errors.ts';
import { printable } from '../printable.ts';
import type { Descriptor, ManifestIndex } from './manifest.ts';

export function chooseEntry({ entries }: ManifestIndex, subject: string): Descriptor {
  const images = entries.filter((entry) => !isAttestation(entry));
  const independent = images.filter(({ platform }) => platform === undefined);
  const [only, ...others] = independent.length > 0 ? independent : images;
  if (only !== undefined && others.every(({ digest }) => digest === only.digest)) return only;
  if (only === undefined) {
    throw new ModelError('NO_FILES_MATCH', 'The index lists no manifest of an artifact', {
      subject,
      remedies: ['Check the tag: nothing has been pushed there that could be fetched.'],
    });
  }
  const shown = images.slice(0, MAX_SHOWN).map(describeEntry);
  const rest = images.length - shown.length;
  throw new ModelError('REVISION_NOT_FOUND', 'The tag means several manifests, by platform', {
    subject,
    wanted: 'the digest of one of them, in the place of the tag',
    found: `${images.length} manifests`,
    remedies: [...shown, ...(rest > 0 ? [`and ${rest} more`] : [])],
  });
}

/** What buildkit adds about how an image was made: nothing that could be fetched as a model. */
function isAttestation({ annotations }: Descriptor): boolean {
  return annotations['vnd.docker.reference.type'] !== undefined;
}

function describeEntry({ digest, platform }: Descriptor): string {
  return `${digest}  ${printable(platform ?? 'no platform', MAX_PLATFORM_LENGTH)}`;
}

const MAX_SHOWN = 12;
const MAX_PLATFORM_LENGTH = 60;
