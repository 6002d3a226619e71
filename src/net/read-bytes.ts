// The body of a small answer, read up to a cap: a server that is broken or hostile must not fill the
// memory. Sources use it for documents that are hashed or parsed whole, never for a model's files.

import { ModelError } from '../base/errors.ts';
import type { HttpResponse } from './http.ts';

export async function readBytes(response: HttpResponse, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.length;
    if (size > maxBytes) {
      throw new ModelError('PROTOCOL', `The answer of ${new URL(response.url).host} is too large`, {
        subject: response.url,
        wanted: `at most ${maxBytes} bytes`,
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
