// createHttp for a test: closed when the test ends.

import { onTestFinished } from 'vitest';
import { createHttp, type Http, type HttpOptions } from '../../src/net/http.ts';

export function openHttp(options: Partial<HttpOptions> = {}): Http {
  const http = createHttp({ environment: {}, ...options });
  onTestFinished(() => http.close());
  return http;
}
