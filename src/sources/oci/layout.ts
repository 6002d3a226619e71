// Under which paths the blobs of an artifact appear. Packagers agree on little: most name the file
// in an annotation, Docker's models go by media type, layers of images have no name at all.
// docs/sources/oci.md has the same rules for users. Pure; names are checked when files are chosen.

import { ModelError } from '../../base/errors.ts';
import type { ManifestFile } from '../../base/manifest.ts';
import { type ArtifactManifest, type Descriptor, hexOf } from '../distribution/manifest.ts';
import { extensionOf, isArchive, isEmptyType, STANDARD_NAMES } from './media-types.ts';

/** Where the manifest itself goes: with it the artifact can be understood, and pushed again. */
export const MANIFEST_PATH = '.oci/manifest.json';

const CONFIG_PATH = '.oci/config';

/** The first that is there: ModelPack's own, then the one that ORAS and most others set. */
const NAME_ANNOTATIONS = ['org.cncf.model.filepath', 'org.opencontainers.image.title'];

/** Set by ORAS on a folder that it has packed. */
const UNPACK_ANNOTATION = 'io.deis.oras.content.unpack';

/** Config and layers; the manifest is the caller's. */
export function filesOf({ config, layers }: ArtifactManifest, subject: string): ManifestFile[] {
  const real = layers.filter(({ mediaType }) => !isEmptyType(mediaType));
  if (real.length === 0) {
    throw new ModelError('NO_FILES_MATCH', 'The artifact has no layers, so there is nothing to fetch', {
      subject,
      remedies: ['Check the tag; signatures and attestations have tags too.'],
    });
  }
  const files = real.map((layer) => fileOf(layer, pathOf(layer, real)));
  if (config === undefined || isEmptyType(config.mediaType)) return distinct(files);
  return distinct([fileOf(config, CONFIG_PATH + extensionOf(config.mediaType)), ...files]);
}

function pathOf(layer: Descriptor, layers: readonly Descriptor[]): string {
  const name = nameOf(layer);
  if (name !== undefined) return name + (isPacked(layer) ? missingExtension(name, layer) : '');
  const { mediaType, digest } = layer;
  const standard = STANDARD_NAMES.get(mediaType);
  if (standard === undefined) return `layers/${hexOf(digest)}${extensionOf(mediaType)}`;
  const alike = layers.filter((other) => other.mediaType === mediaType && nameOf(other) === undefined);
  return standard.base + partOf(alike.indexOf(layer), alike.length) + standard.extension;
}

function nameOf({ annotations }: Descriptor): string | undefined {
  return NAME_ANNOTATIONS.map((key) => annotations[key]).find((text) => text !== undefined);
}

/** A folder's name with an archive behind it would mislead; what is in it is up to the reader. */
function isPacked({ annotations, mediaType }: Descriptor): boolean {
  return annotations[UNPACK_ANNOTATION] === 'true' || isArchive(mediaType);
}

function missingExtension(name: string, { mediaType }: Descriptor): string {
  const extension = extensionOf(mediaType);
  return name.endsWith(extension) ? '' : extension;
}

/** The numbers that readers of split models look for: -00001-of-00003. */
function partOf(index: number, count: number): string {
  const number = (value: number): string => String(value).padStart(5, '0');
  return count === 1 ? '' : `-${number(index + 1)}-of-${number(count)}`;
}

function fileOf({ digest, size }: Descriptor, path: string): ManifestFile {
  return { path, size, sha256: hexOf(digest) };
}

/** A layer that is listed twice is one file; two layers of one name are refused later. */
function distinct(files: readonly ManifestFile[]): ManifestFile[] {
  return [...new Map(files.map((file) => [`${file.sha256 ?? ''} ${file.path}`, file])).values()];
}
