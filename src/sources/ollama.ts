// Models of ollama.com, or of any registry that has models of this kind. What comes out is a model
// directory of Ollama's: its manifest and its blobs under the names that Ollama gives them, so that
// OLLAMA_MODELS can point at it. Everything is pinned by digest; nothing is downloaded for that.

import { ModelError } from '../base/errors.ts';
import type { ManifestFile } from '../base/manifest.ts';
import type { RegistrySource, SourceSpec } from '../base/spec.ts';
import {
  isDigest,
  type RepositoryAddress,
  repositoryAddress,
  shortForm,
} from './distribution/address.ts';
import { locateBlobs } from './distribution/locate-blobs.ts';
import { type Descriptor, hexOf, parseManifest } from './distribution/manifest.ts';
import { fetchManifest, openRepository, type Repository } from './distribution/repository.ts';
import { selectFiles } from './select-files.ts';
import type { Source, SourceContext } from './source.ts';

/** What Ollama itself asks for; huggingface.co has another manifest for each type. */
const MANIFEST_TYPES = ['application/vnd.docker.distribution.manifest.v2+json'];

const DEFAULT_HOST = 'registry.ollama.ai';

/** Ollama's limit for a tag. */
const MAX_TAG_LENGTH = 80;

export const ollama: Source = {
  kind: 'ollama',

  async resolve(spec, patterns, context) {
    const source = sourceOf(spec);
    const repository = open(source, context);
    const { address, question } = repository;
    const path = manifestPath(address);
    const { bytes, digest } = await fetchManifest(repository, address.reference);
    const manifest = parseManifest(bytes, question.subject);
    if (manifest.kind === 'index') throw notOllama(question.subject);
    const { config, layers } = manifest;
    const blobs = distinct(config === undefined ? layers : [config, ...layers]);
    const listed = [{ path, size: bytes.length, sha256: hexOf(digest) }, ...blobs.map(blobFile)];
    const files = selectFiles(listed, patterns, question.subject);
    return { source: { ollama: { ...source, reference: digest } }, revision: digest, files };
  },

  locate: (manifest, context) => locateBlobs(open(sourceOf(manifest.source), context), manifest),

  describe(spec) {
    const address = repositoryAddress(sourceOf(spec));
    // As people write it: ollama:llama2:7b
    const short = shortForm(address).replace(`${DEFAULT_HOST}/`, '').replace(/^library\//, '');
    return `ollama:${short}`;
  },
};

function open(source: RegistrySource, context: SourceContext): Repository {
  return openRepository({ kind: 'ollama', source, manifestTypes: MANIFEST_TYPES, context });
}

/** manifests/HOST/NAMESPACE/MODEL/TAG. A digest is no tag, but `sha256-…` is. */
function manifestPath({ host, repository, reference }: RepositoryAddress): string {
  const tag = isDigest(reference) ? reference.replace(':', '-') : reference;
  if (repository.split('/').length === 2 && tag.length <= MAX_TAG_LENGTH) {
    return `manifests/${host}/${repository}/${tag}`;
  }
  throw new ModelError('SPEC_INVALID', 'Not the name of an Ollama model', {
    wanted: `model, or namespace/model, and a tag of at most ${MAX_TAG_LENGTH} characters`,
    found: `${repository}:${tag}`,
    remedies: ['The source `oci` fetches any artifact of a registry.'],
  });
}

/** The same blob may stand for several layers. */
function distinct(blobs: readonly Descriptor[]): Descriptor[] {
  return [...new Map(blobs.map((blob) => [blob.digest, blob])).values()];
}

function blobFile({ digest, size }: Descriptor): ManifestFile {
  return { path: `blobs/${digest.replace(':', '-')}`, size, sha256: hexOf(digest) };
}

function notOllama(subject: string): ModelError {
  return new ModelError('PROTOCOL', 'The registry has an index there; Ollama models have none', {
    subject,
    remedies: ['The source `oci` fetches any artifact of a registry.'],
  });
}

function sourceOf(spec: SourceSpec): RegistrySource {
  if (spec.ollama !== undefined) return spec.ollama;
  throw new ModelError('INTERNAL', 'Not an ollama source');
}
