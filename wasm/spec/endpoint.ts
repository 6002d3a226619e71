// Addresses of servers: where a spec names another one than the usual, and what may be a host.

import { Value } from '../json/value';
import { isDigit, isLetter, Text } from '../text';
import { optionalText, refuse } from './expect';
import { checkUrl } from './url';

/** Without slashes at its end, so that one server is written one way; null where none is given. */
export function endpointOf(value: Value, name: string): Text | null {
  const endpoint = optionalText(value, name);
  if (endpoint === null) return null;
  checkUrl(value, endpoint);
  if (endpoint.indexOf(0x3f) >= 0 || endpoint.indexOf(0x23) >= 0) {
    refuse(value, 'the address of a server', 'one without `?` and `#`', endpoint);
  }
  return endpoint.withoutSlash();
}

/** `host`, `host:port`, `[::1]:port`. */
export function isAuthority(text: Text): bool {
  const bracket = text.lastIndexOf(0x5d);
  const colon = text.indexOf(0x3a, <usize>(bracket + 1));
  const host = colon < 0 ? text : text.part(0, colon);
  return (colon < 0 || isPort(text.part(colon + 1, text.size))) && isHost(host);
}

function isHost(host: Text): bool {
  if (host.size == 0) return false;
  if (host.at(0) == 0x5b && host.at(host.size - 1) == 0x5d) {
    const address = host.part(1, host.size - 1);
    return address.size > 0 && address.consistsOf(':.');
  }
  return (isLetter(host.at(0)) || isDigit(host.at(0))) && host.consistsOf('._-');
}

function isPort(text: Text): bool {
  for (let i: usize = 0; i < text.size; i++) if (!isDigit(text.at(i))) return false;
  return text.size > 0 && text.size <= 5;
}

/** This very machine, by its usual names. */
export function isLoopback(authority: Text): bool {
  const colon = authority.indexOf(0x3a);
  const host = colon < 0 || authority.at(0) == 0x5b ? authority : authority.part(0, colon);
  return host.is('localhost') || host.startsWith('127.') || host.is('[::1]') || host.startsWith('[::1]:');
}
