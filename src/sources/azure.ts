// Blobs below a prefix of an Azure storage container. Pinned by their versions, where the account
// keeps them. (An ETag is no pin: it changes with a blob's metadata, while its bytes stay.) Azure keeps
// no sha256, so the lock pipeline downloads each blob once.

import { ModelError } from '../base/errors.ts';
import type { Locator } from '../base/manifest.ts';
import type { AzureSource, SourceSpec } from '../base/spec.ts';
import { sameOrigin } from '../net/origin-rules.ts';
import { API_VERSION, Container, pinsOf } from './azure/container.ts';
import { type Headers, headFiles } from './objects/head-files.ts';
import { candidatesFor } from './objects/keys.ts';
import { filesOf, listObjects } from './objects/list-objects.ts';
import { selectFiles } from './select-files.ts';
import type { Source } from './source.ts';

export const azure: Source = {
  kind: 'azure',

  async resolve(spec, patterns, context) {
    const source = sourceOf(spec);
    const subject = describe(source);
    const container = new Container(source, subject, context);
    const listing = await listObjects(source.prefix, (page) => container.page(page), subject);
    const chosen = selectFiles(filesOf(listing), patterns, subject);
    const head = (key: string): Promise<Headers> => container.head(key);
    return { source: { azure: source }, files: await headFiles(chosen, { listing, head, pins: pinsOf }) };
  },

  locate(manifest, context) {
    const source = sourceOf(manifest.source);
    const container = new Container(source, describe(source), context);
    return async (file): Promise<Locator> => {
      const candidates = candidatesFor(file, source.prefix, 'versionid');
      const { query: signature, credentials } = await container.authorize();
      return {
        urls: candidates.map(({ key, query }) => container.address(key, query, signature)),
        headers: API_VERSION,
        credentials,
        explain: (answer) =>
          // What is not the container's own answer has other reasons.
          sameOrigin(new URL(answer.url), new URL(container.url))
            ? container.explain(answer, candidates[0].key)
            : undefined,
      };
    };
  },

  describe: (spec) => describe(sourceOf(spec)),
};

function describe({ account, container, prefix }: AzureSource): string {
  return `azure://${account}/${container}${prefix === '' ? '' : `/${prefix}`}`;
}

function sourceOf(spec: SourceSpec): AzureSource {
  if (spec.azure !== undefined) return spec.azure;
  throw new ModelError('INTERNAL', 'Not an azure source');
}
