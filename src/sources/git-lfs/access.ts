// Where a repository's Git LFS server is and what to show it: an https address, with what git's
// credential helper knows; or what `git-lfs-authenticate` answers over ssh. Nobody is ever prompted.

import { ModelError } from '../../base/errors.ts';
import { maySendSecrets, sameOrigin } from '../../net/origin-rules.ts';
import type { SourceContext } from '../source.ts';
import { gitError } from './git-errors.ts';
import { parseRemote, type Remote, type SshRemote } from './remote-url.ts';
import { runGit, runSsh } from './run-git.ts';

export interface Access {
  /** The LFS server's address; `/objects/batch` follows. */
  readonly href: string;
  readonly credentials?: Readonly<Record<string, string>> | undefined;
  /** Where they come from, for messages. */
  readonly from?: string | undefined;
}

export interface LfsServer {
  readonly subject: string;
  /** Without credentials over https: most models are public. */
  open(): Promise<Access>;
  /** Better access than the one that was refused, or undefined where there is none. */
  renew(refused: Access): Promise<Access | undefined>;
}

/** `lfsUrl` is what the repository's .lfsconfig says; else the address follows from the remote's. */
export function lfsServerOf(
  remote: Remote,
  lfsUrl: string | undefined,
  subject: string,
  context: SourceContext,
): LfsServer {
  const target = lfsUrl === undefined ? remote : parseRemote(lfsUrl);
  if (target.kind === 'ssh') {
    const authenticate = (): Promise<Access> => authenticateBySsh(target, subject, context);
    return remembering(subject, authenticate, authenticate);
  }
  if (target.kind === 'file') {
    throw new ModelError('SPEC_INVALID', 'The .lfsconfig of the repository names a folder of this machine', {
      subject,
      found: lfsUrl,
    });
  }
  const href = lfsUrl === undefined ? `${target.gitUrl.replace(/\.git$/, '')}.git/info/lfs` : target.gitUrl;
  return remembering(subject, () => Promise.resolve({ href }), async ({ credentials }) =>
    credentials === undefined ? await withCredentials(href, context) : undefined,
  );
}

/** What was good once is shown at once the next time. */
function remembering(subject: string, first: () => Promise<Access>, better: LfsServer['renew']): LfsServer {
  let current: Access | undefined;
  return {
    subject,
    open: async () => (current ??= await first()),
    renew: async (refused) => {
      const found = await better(refused);
      current = found ?? current;
      return found;
    },
  };
}

/** What git's credential helpers know about the host. */
async function withCredentials(
  href: string,
  { environment, signal }: SourceContext,
): Promise<Access | undefined> {
  const url = new URL(href);
  // It could not be sent anyway (net/http.ts).
  if (!maySendSecrets(url)) return undefined;
  const input = `protocol=${url.protocol.slice(0, -1)}\nhost=${url.host}\npath=${url.pathname.slice(1)}\n\n`;
  const { status, stdout } = await runGit(['credential', 'fill'], { environment, signal, input });
  const fields = new Map(stdout.toString('utf8').split('\n').map(splitField));
  const [name, password] = [fields.get('username'), fields.get('password')];
  if (status !== 0 || name === undefined || password === undefined) return undefined;
  const basic = Buffer.from(`${name}:${password}`).toString('base64');
  return { href, credentials: { authorization: `Basic ${basic}` }, from: 'git\'s credential helper' };
}

function splitField(line: string): [string, string] {
  const at = line.indexOf('=');
  return [line.slice(0, at), line.slice(at + 1)];
}

async function authenticateBySsh(
  remote: SshRemote,
  subject: string,
  context: SourceContext,
): Promise<Access> {
  const { environment, signal } = context;
  const command = `git-lfs-authenticate ${quote(remote.path)} download`;
  const { status, stdout, stderr } = await runSsh(remote, command, { environment, signal });
  if (status !== 0) throw gitError(stderr, subject);
  const answer = parseAnswer(stdout.toString('utf8'), subject);
  const credentials = headersOf(answer['header']);
  const href = typeof answer['href'] === 'string' ? answer['href'] : undefined;
  if (href === undefined || !/^https?:\/\//.test(href) || !URL.canParse(href)) {
    throw new ModelError('PROTOCOL', 'The answer of git-lfs-authenticate has no address', {
      subject,
      wanted: 'an http or https address as "href"',
      found: JSON.stringify(answer['href']),
    });
  }
  return { href: href.replace(/\/+$/, ''), credentials, from: 'git-lfs-authenticate' };
}

/** The other side hands the line to a shell, or to something that resembles one. */
function quote(path: string): string {
  return /^[\w./~+@-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

function parseAnswer(text: string, subject: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    throw new ModelError('PROTOCOL', 'The host does not answer git-lfs-authenticate in JSON', {
      subject,
      found: JSON.stringify(text.slice(0, 200)),
      remedies: ['Does the host support Git LFS over ssh? If not, use the https address.'],
      cause: error,
    });
  }
}

/** Headers that would change what is asked for, and not who asks. */
const NOT_CREDENTIALS = /^(?:accept-encoding|connection|content-\w+|expect|host|if-\w+|keep-alive|range|te|transfer-encoding|upgrade)$/i;

/** A server's `header` object: what may be sent of it. */
export function headersOf(value: unknown): Record<string, string> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const entries = Object.entries(value).filter(
    (entry): entry is [string, string] =>
      /^[\w-]+$/.test(entry[0]) && typeof entry[1] === 'string' && /^[\x20-\x7e]*$/.test(entry[1]),
  );
  const kept = entries.filter(([name]) => !NOT_CREDENTIALS.test(name));
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** The server's own credentials, for objects that it keeps itself. */
export function credentialsFor(href: string, access: Access): Access['credentials'] {
  return sameOrigin(new URL(href), new URL(access.href)) ? access.credentials : undefined;
}
