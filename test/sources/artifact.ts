// Artifacts of registries for tests: a manifest and its blobs, as a packager would make them.

import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Part {
  readonly mediaType: string;
  readonly content: string | Buffer;
  readonly annotations?: Record<string, string>;
}

export interface Recipe {
  readonly mediaType?: string;
  readonly config?: Part;
  readonly layers: readonly Part[];
}

export interface Artifact {
  readonly mediaType: string;
  readonly manifest: Buffer;
  /** `sha256:…` */
  readonly digest: string;
  /** By hexadecimal digest. */
  readonly blobs: ReadonlyMap<string, Buffer>;
}

export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
export const TITLE = 'org.opencontainers.image.title';
export const FILEPATH = 'org.cncf.model.filepath';

const CONFIG: Part = { mediaType: 'application/vnd.oci.image.config.v1+json', content: '{"made":"by a test"}' };

export const hexOf = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

export function makeArtifact({ mediaType = OCI_MANIFEST, config = CONFIG, layers }: Recipe): Artifact {
  const blobs = new Map<string, Buffer>();
  const describe = ({ content, ...rest }: Part): unknown => {
    const bytes = Buffer.from(content);
    blobs.set(hexOf(bytes), bytes);
    return { ...rest, digest: `sha256:${hexOf(bytes)}`, size: bytes.length };
  };
  const document = { schemaVersion: 2, mediaType, config: describe(config), layers: layers.map(describe) };
  const manifest = Buffer.from(JSON.stringify(document, undefined, 2));
  return { mediaType, manifest, digest: `sha256:${hexOf(manifest)}`, blobs };
}

/** What `ollama push` would push: Docker's manifest type, Ollama's own layers, one of them twice. */
export function ollamaModel(weights: string | Buffer): Artifact {
  const license = { mediaType: 'application/vnd.ollama.image.license', content: 'free as in test' };
  return makeArtifact({
    mediaType: DOCKER_MANIFEST,
    config: { mediaType: 'application/vnd.docker.container.image.v1+json', content: '{"model_format":"gguf"}' },
    layers: [{ mediaType: 'application/vnd.ollama.image.model', content: weights }, license, license],
  });
}

/** The layout that skopeo reads as `oci:DIRECTORY:TAG`; an index lists its artifacts by platform. */
export async function writeLayout(directory: string, tag: string, artifact: Artifact): Promise<void> {
  const { manifest, mediaType, blobs } = artifact;
  const folder = join(directory, 'blobs/sha256');
  await mkdir(folder, { recursive: true });
  for (const [hex, content] of [...blobs, [hexOf(manifest), manifest] as const]) {
    await writeFile(join(folder, hex), content);
  }
  const annotations = { 'org.opencontainers.image.ref.name': tag };
  const entry = { mediaType, digest: artifact.digest, size: manifest.length, annotations };
  await writeFile(join(directory, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  await writeFile(join(directory, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [entry] }));
}

export interface IndexEntry {
  readonly artifact: Artifact;
  readonly platform?: unknown;
  readonly annotations?: unknown;
}

/** An index over manifests, one for each platform. */
export function makeIndex(entries: readonly IndexEntry[]): Artifact {
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  const manifests = entries.map(({ artifact, ...rest }) => {
    const { mediaType, digest, manifest } = artifact;
    return { mediaType, digest, size: manifest.length, ...rest };
  });
  const manifest = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests }));
  const blobs = new Map(entries.flatMap(({ artifact }) => [...artifact.blobs]));
  for (const { artifact } of entries) blobs.set(hexOf(artifact.manifest), artifact.manifest);
  return { mediaType, manifest, digest: `sha256:${hexOf(manifest)}`, blobs };
}
