// Plain files from web servers, each with its mirrors. There is no listing and no revision: the
// spec names every file, and hashes pin them. Resolving asks the servers for sizes only.

import { ModelError } from '../base/errors.ts';
import type { ManifestFile } from '../base/manifest.ts';
import { redact } from '../base/redact.ts';
import type { SourceSpec, UrlSource, UrlSourceFile } from '../base/spec.ts';
import { parseHash } from '../core/core.ts';
import { mapConcurrently } from './map-concurrently.ts';
import { selectFiles } from './select-files.ts';
import type { Source, SourceContext } from './source.ts';
import { probeSize } from './url/probe-size.ts';

/** Enough to hide latency, few enough not to annoy one server. */
const PROBES_AT_ONCE = 8;

export const url: Source = {
  kind: 'url',

  async resolve(spec, patterns, context) {
    const source = sourceOf(spec);
    source.urls.forEach(checkUrls);
    const listed = selectFiles(source.urls.map(pinnedFile), patterns, describe(source));
    const ask = (file: ManifestFile): Promise<ManifestFile> => withSize(file, source, context);
    const files = await mapConcurrently(listed, PROBES_AT_ONCE, ask);
    return { source: { url: source }, files };
  },

  locate(manifest) {
    const source = sourceOf(manifest.source);
    return ({ path }) => Promise.resolve({ urls: entryOf(source, path).urls });
  },

  describe: (spec) => describe(sourceOf(spec)),
};

async function withSize(
  file: ManifestFile,
  source: UrlSource,
  context: SourceContext,
): Promise<ManifestFile> {
  const size = await probeSize(entryOf(source, file.path), context);
  return { ...file, ...(size === undefined ? {} : { size }) };
}

function pinnedFile({ path, hash }: UrlSourceFile): ManifestFile {
  if (hash === undefined) return { path };
  const { algorithm, digest } = parseHash(hash);
  return { path, [algorithm]: Buffer.from(digest).toString('hex') };
}

function checkUrls({ urls, path }: UrlSourceFile): void {
  const subject = path;
  if (urls.length === 0) throw new ModelError('SPEC_INVALID', 'A file without an address', { subject });
  for (const text of urls) {
    const parsed = URL.canParse(text) ? new URL(text) : undefined;
    if (parsed?.protocol !== 'https:' && parsed?.protocol !== 'http:') {
      throw new ModelError('SPEC_INVALID', 'Not an http or https address', { subject, found: text });
    }
    // It would be written to the lock file, and into the store, for everyone to read.
    if (parsed.username !== '' || parsed.password !== '') {
      throw new ModelError('SPEC_INVALID', 'An address must not contain a name and password', {
        subject,
        found: text,
        remedies: ['Use an address that needs no password: pins are public.'],
      });
    }
  }
}

function entryOf(source: UrlSource, path: string): UrlSourceFile {
  const entry = source.urls.find((candidate) => candidate.path === path);
  if (entry !== undefined) return entry;
  throw new ModelError('ENTRY_NOT_FOUND', 'The source has no address for this file', {
    subject: path,
    remedies: ['Write the lock entry again: the source has changed since.'],
  });
}

/** The address itself; of several, the first. What signs it is nobody's business. */
function describe({ urls }: UrlSource): string {
  const [first] = urls;
  const more = urls.length > 1 ? ` and ${urls.length - 1} more` : '';
  return redact((first?.urls[0] ?? 'url') + more);
}

function sourceOf(spec: SourceSpec): UrlSource {
  if (spec.url !== undefined) return spec.url;
  throw new ModelError('INTERNAL', 'Not a url source');
}
