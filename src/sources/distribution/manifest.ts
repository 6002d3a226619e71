// Manifests of registries: which blobs an artifact consists of, or which manifests an index lists.
// The bytes are hostile until they have passed here; what they are called is each source's
// business. Pure.

import { ModelError } from '../../base/errors.ts';
import { printable } from '../printable.ts';
import { isDigest } from './address.ts';

export interface Descriptor {
  readonly mediaType: string;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  readonly annotations: Readonly<Record<string, string>>;
  /** Of an index's entries: `linux/arm64/v8`; undefined where none is given. */
  readonly platform?: string | undefined;
}

export interface ArtifactManifest {
  readonly kind: 'artifact';
  readonly config: Descriptor | undefined;
  readonly layers: readonly Descriptor[];
}

export interface ManifestIndex {
  readonly kind: 'index';
  readonly entries: readonly Descriptor[];
}

type Json = Readonly<Record<string, unknown>>;

export function parseManifest(bytes: Buffer, subject: string): ArtifactManifest | ManifestIndex {
  const manifest = parseJson(bytes, subject);
  const { schemaVersion, layers, manifests, config } = manifest;
  if (schemaVersion === 1) throw schema1(subject);
  if (schemaVersion !== 2) throw malformed(subject, 'schemaVersion 2', schemaVersion);
  // Read as one thing by one program and as another by the next (CVE-2021-41190).
  if (layers !== undefined && manifests !== undefined) {
    throw malformed(subject, 'either layers or manifests', 'both');
  }
  if (Array.isArray(manifests)) {
    return { kind: 'index', entries: manifests.map((entry) => descriptor(entry, subject)) };
  }
  const found = manifest['mediaType'] ?? layers;
  if (!Array.isArray(layers)) throw malformed(subject, 'a list of layers', found);
  return {
    kind: 'artifact',
    config: config === undefined || config === null ? undefined : descriptor(config, subject),
    layers: layers.map((layer) => descriptor(layer, subject)),
  };
}

/** Hexadecimal, as a manifest file has it. */
export function hexOf(digest: string): string {
  return digest.slice('sha256:'.length);
}

function parseJson(bytes: Buffer, subject: string): Json {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    if (isRecord(value)) return value;
  } catch {
    // Said below.
  }
  throw malformed(subject, 'a JSON object', bytes.toString('utf8', 0, MAX_SHOWN));
}

function descriptor(value: unknown, subject: string): Descriptor {
  if (!isRecord(value)) throw malformed(subject, 'a descriptor', value);
  const { mediaType, digest, size } = value;
  if (typeof mediaType !== 'string') throw malformed(subject, 'a media type', mediaType);
  if (typeof digest !== 'string' || !isDigest(digest)) {
    throw malformed(subject, 'a sha256 digest', digest);
  }
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
    throw malformed(`${subject}: ${digest}`, 'a size in bytes', size);
  }
  const platform = platformOf(value['platform']);
  // `urls` are left out on purpose: a manifest must not send us, or a token, to other places.
  return { mediaType, digest, size, annotations: annotationsOf(value['annotations']), platform };
}

function annotationsOf(value: unknown): Record<string, string> {
  if (!isRecord(value)) return {};
  const isText = (entry: [string, unknown]): entry is [string, string] => typeof entry[1] === 'string';
  return Object.fromEntries(Object.entries(value).filter(isText));
}

function platformOf(value: unknown): string | undefined {
  if (!isRecord(value)) return undefined;
  const parts = [value['os'], value['architecture'], value['variant']];
  const text = parts.filter((part) => typeof part === 'string' && part !== '').join('/');
  return text === '' ? undefined : text;
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function schema1(subject: string): ModelError {
  return new ModelError('PROTOCOL', 'The manifest is of the withdrawn schema 1, which has no sizes', {
    subject,
    wanted: 'a Docker schema 2 or OCI manifest',
    remedies: ['Push it again with a current client: `skopeo copy --format=oci` converts it.'],
  });
}

function malformed(subject: string, wanted: string, found: unknown): ModelError {
  const shown = found === undefined ? 'nothing' : printable(JSON.stringify(found), MAX_SHOWN);
  return new ModelError('PROTOCOL', 'What the registry has there is no manifest of an artifact', {
    subject,
    wanted,
    found: shown,
    remedies: ['Check the registry and the repository; is it a registry that answers there?'],
  });
}

const MAX_SHOWN = 100;
