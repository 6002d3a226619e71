// A JSON answer from a server that may be broken, hostile, or not the one it was taken for: read
// up to a cap, parsed, anything else explained. Sources call it after they judged the status.

import { ModelError } from '../base/errors.ts';
import type { HttpResponse } from './http.ts';
import { readBytes } from './read-bytes.ts';

/** The parsed body; the caller checks its shape. */
export async function readJson(response: HttpResponse, maxBytes: number): Promise<unknown> {
  const text = (await readBytes(response, maxBytes)).toString('utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const type = response.headers['content-type'] ?? '';
    const what = /html/i.test(type) || /^\s*</.test(text) ? 'a web page' : 'something else';
    throw new ModelError('PROTOCOL', `${new URL(response.url).host} sent ${what} instead of JSON`, {
      subject: response.url,
      found: JSON.stringify(text.slice(0, SHOWN_CHARACTERS)),
      remedies: [
        'Check the address (HF_ENDPOINT, MLFLOW_TRACKING_URI, url): is there a login page before it?',
      ],
      cause: error,
    });
  }
}

/** Enough to recognise a page by, short enough for one line. */
const SHOWN_CHARACTERS = 60;
