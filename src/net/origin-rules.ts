// Which origins may see a secret, and which redirects are followed. Pure rules over URLs, used by
// http.ts on every hop and by sources to explain why a token was not sent.

/** True for this very machine: the one place where plain http keeps a secret. */
export function isLoopback(url: URL): boolean {
  const host = url.hostname.toLowerCase();
  const byName = host === 'localhost' || host.endsWith('.localhost');
  return byName || host === '[::1]' || isLoopbackIPv4(host);
}

/** A secret travels encrypted, or not at all. */
export function maySendSecrets(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
}

export function sameOrigin(a: URL, b: URL): boolean {
  return a.origin === b.origin;
}

/** Why a redirect is refused, or undefined when it may be followed. */
export function refusalOfRedirect(from: URL, to: URL): string | undefined {
  if (to.protocol !== 'https:' && to.protocol !== 'http:') {
    return `it leads to a ${to.protocol} address`;
  }
  const downgrade = from.protocol === 'https:' && to.protocol === 'http:';
  if (downgrade && !(isLoopback(from) && isLoopback(to))) {
    return 'it leads from https to unencrypted http';
  }
  return undefined;
}

// The WHATWG parser has already turned every spelling (0x7f.1, 127.1, …) into four decimals.
function isLoopbackIPv4(host: string): boolean {
  return /^127\.\d+\.\d+\.\d+$/.test(host);
}
