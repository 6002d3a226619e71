// The address of a git repository in one of the forms that are understood, checked before any
// program sees it. Pure. Forms that make git start other programs (`ext::`), that look like options
// or that carry a password are refused.

import { fileURLToPath, pathToFileURL } from 'node:url';
import { ModelError } from '../../base/errors.ts';

export type Remote = HttpRemote | SshRemote | FileRemote;

export interface HttpRemote {
  readonly kind: 'http' | 'https';
  /** What git is given; without a slash at the end. */
  readonly gitUrl: string;
}

export interface SshRemote {
  readonly kind: 'ssh';
  readonly gitUrl: string;
  /** `user@host` or `host`: an argument for ssh. */
  readonly destination: string;
  readonly port?: string | undefined;
  /** The repository on the other side, as git-lfs-authenticate takes it. */
  readonly path: string;
}

export interface FileRemote {
  readonly kind: 'file';
  readonly gitUrl: string;
  /** Absolute path of the repository. */
  readonly path: string;
}

const WANTED = 'https://…, http://…, ssh://…, file:///…, user@host:path or an absolute path';
const SCP_LIKE = /^(?:[\w.-]+@)?(?:[\w.-]+|\[[0-9A-Fa-f:.]+\]):(?!:|\/\/)[^\s]+$/;

export function parseRemote(text: string): Remote {
  // Nothing of it is ever an option: neither the whole, nor the host that ssh is given.
  if (/\p{Cc}/u.test(text) || /(?:^|@|\/\/)-/.test(text)) throw notARemote(text);
  if (text.startsWith('/')) return fileRemote(text);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return parseUrl(text);
  if (SCP_LIKE.test(text)) return scpRemote(text);
  throw notARemote(text);
}

function parseUrl(text: string): Remote {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) throw notARemote(text);
  if (url.search !== '' || url.hash !== '') throw notARemote(text);
  const { protocol, username, password, hostname, port } = url;
  if (protocol === 'file:' && hostname === '') return fileRemote(fileURLToPath(url));
  const isHttp = protocol === 'http:' || protocol === 'https:';
  if (password !== '' || (isHttp && username !== '')) throw hasSecret(text);
  if (hostname === '') throw notARemote(text);
  if (isHttp) {
    const kind = protocol === 'https:' ? 'https' : 'http';
    return { kind, gitUrl: (url.origin + url.pathname).replace(/\/+$/, '') };
  }
  if (protocol !== 'ssh:' || url.pathname.length < 2) throw notARemote(text);
  const destination = username === '' ? hostname : `${decodeURIComponent(username)}@${hostname}`;
  if (!/^(?:[\w.-]+@)?(?:[\w.-]+|\[[0-9A-Fa-f:.]+\])$/.test(destination)) throw notARemote(text);
  const path = decodeURIComponent(url.pathname);
  return { kind: 'ssh', gitUrl: text, destination, path, ...(port === '' ? {} : { port }) };
}

function scpRemote(text: string): SshRemote {
  const colon = text.indexOf(':', text.lastIndexOf(']') + 1);
  return { kind: 'ssh', gitUrl: text, destination: text.slice(0, colon), path: text.slice(colon + 1) };
}

function fileRemote(path: string): FileRemote {
  const absolute = path.replace(/\/+$/, '') || '/';
  return { kind: 'file', gitUrl: pathToFileURL(absolute).href, path: absolute };
}

/** Git's own rules for names of references, and nothing that it would read as anything else. */
export function checkRevision(rev: string): void {
  const hasOddParts = /[\p{Cc} ~^:?*[\\]|\.\.|@\{|\/\/|^[-/+]|[/.]$|\.lock$|^@$/u.test(rev);
  if (rev !== '' && !hasOddParts) return;
  throw new ModelError('SPEC_INVALID', 'Not a commit, tag or branch', {
    found: JSON.stringify(rev),
    wanted: 'the name of a branch or tag, or a commit of 40 hexadecimal digits',
    remedies: ['Correct `rev`.'],
  });
}

function notARemote(text: string): ModelError {
  return new ModelError('SPEC_INVALID', 'Not the address of a git repository', {
    found: text,
    wanted: WANTED,
    remedies: ['Correct `url`.'],
  });
}

function hasSecret(text: string): ModelError {
  return new ModelError('SPEC_INVALID', 'The address of a repository must not contain a name or password', {
    found: text,
    remedies: ['Leave it out, pins are public; git asks its credential helper (`git credential`).'],
  });
}
