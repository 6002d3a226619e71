// Any artifact of a Docker or OCI registry: ModelPacks, KitOps ModelKits, ORAS artifacts, Docker
// models, images that carry a model. Each blob becomes a file (oci/layout.ts says under which
// name), as it is: nothing is unpacked. Everything is pinned by digest; nothing is downloaded for it.

import { ModelError } from '../base/errors.ts';
import type { RegistrySource, SourceSpec } from '../base/spec.ts';
import { repositoryAddress, shortForm } from './distribution/address.ts';
import { chooseEntry } from './distribution/index-entry.ts';
import { locateBlobs } from './distribution/locate-blobs.ts';
import { type ArtifactManifest, hexOf, parseManifest } from './distribution/manifest.ts';
import {
  fetchManifest,
  type ManifestDocument,
  openRepository,
  type Repository,
} from './distribution/repository.ts';
import { filesOf, MANIFEST_PATH } from './oci/layout.ts';
import { selectFiles } from './select-files.ts';
import type { Source, SourceContext } from './source.ts';

const MANIFEST_TYPES = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];

export const oci: Source = {
  kind: 'oci',

  async resolve(spec, patterns, context) {
    const source = sourceOf(spec);
    const repository = open(source, context);
    const { subject } = repository.question;
    const { artifact, document } = await fetchArtifact(repository);
    const { bytes, digest } = document;
    const own = { path: MANIFEST_PATH, size: bytes.length, sha256: hexOf(digest) };
    const files = selectFiles([own, ...filesOf(artifact, subject)], patterns, subject);
    return { source: { oci: { ...source, reference: digest } }, revision: digest, files };
  },

  locate: (manifest, context) => locateBlobs(open(sourceOf(manifest.source), context), manifest),

  describe: (spec) => `oci:${shortForm(repositoryAddress(sourceOf(spec)))}`,
};

function open(source: RegistrySource, context: SourceContext): Repository {
  return openRepository({ kind: 'oci', source, manifestTypes: MANIFEST_TYPES, context });
}

/** The pin is the artifact's own manifest, also where an index has led to it. */
async function fetchArtifact(
  repository: Repository,
): Promise<{ artifact: ArtifactManifest; document: ManifestDocument }> {
  const { address, question } = repository;
  const found = await fetchManifest(repository, address.reference);
  const parsed = parseManifest(found.bytes, question.subject);
  if (parsed.kind === 'artifact') return { artifact: parsed, document: found };
  const entry = chooseEntry(parsed, question.subject);
  const document = await fetchManifest(repository, entry.digest);
  const artifact = parseManifest(document.bytes, question.subject);
  if (artifact.kind === 'artifact') return { artifact, document };
  throw new ModelError('PROTOCOL', 'The registry has an index of indexes there', {
    subject: question.subject,
    remedies: ['Put the digest of the artifact that is meant in the place of the tag.'],
  });
}

function sourceOf(spec: SourceSpec): RegistrySource {
  if (spec.oci !== undefined) return spec.oci;
  throw new ModelError('INTERNAL', 'Not an oci source');
}
