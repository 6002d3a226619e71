// What git and ssh say when they fail, as ModelErrors that say what to do. Pure: words in, an error
// out. The words are those of LC_ALL=C; what is not recognised is shown as it came.

import { type ErrorCode, ModelError } from '../../base/errors.ts';
import { printable } from '../printable.ts';

interface Meaning {
  readonly words: RegExp;
  readonly code: ErrorCode;
  readonly message: string;
  readonly retriable?: boolean;
  readonly remedies?: readonly string[];
}

const LOG_IN = [
  'Check the spelling of the address: hosts answer the same for a repository that does not exist.',
  'For https, let git know a name and token: `git credential approve`, or any credential helper.',
];

/** The first that matches counts. */
const MEANINGS: readonly Meaning[] = [
  {
    words: /no space left on device|disk quota exceeded/i,
    code: 'DISK_FULL',
    message: 'The disk is full',
  },
  {
    words: /host key verification failed/i,
    code: 'NETWORK',
    message: 'ssh does not know the key of the host',
    remedies: ['Connect to the host once by hand (`ssh HOST`), compare its key and accept it.'],
  },
  {
    words: /permission denied \((?:publickey|password|keyboard)/i,
    code: 'AUTH_REQUIRED',
    message: 'The host does not accept any of your ssh keys',
    remedies: [
      'Add your key to the account on the host, and to the agent (`ssh-add`): nobody is asked for a passphrase.',
      'Check the address: is the user name in it the right one (often `git@`)?',
    ],
  },
  {
    words: /could not read (?:username|password)|terminal prompts disabled|requested url returned error: 401/i,
    code: 'AUTH_REQUIRED',
    message: 'The host wants to know who asks for the repository',
    remedies: LOG_IN,
  },
  {
    words: /authentication failed|requested url returned error: 403|access denied/i,
    code: 'AUTH_INVALID',
    message: 'The host refuses access to the repository',
    remedies: ['Give the account that git uses for this host the right to read, or make a new token.'],
  },
  {
    words: /couldn't find remote ref|not our ref|unadvertised object|no such ref|remote error: want .* not valid/i,
    code: 'REVISION_NOT_FOUND',
    message: 'The repository does not have, or does not hand out, this revision',
    remedies: [
      'Check the name of the branch or tag; a commit is written with all its 40 digits.',
      'Some servers hand out only branches and tags: put a tag on the commit, or set uploadpack.allowReachableSHA1InWant there.',
    ],
  },
  {
    words: /repository .*not found|not found: did you|does not appear to be a git repository|requested url returned error: 404|is this a git repository|project you were looking for could not be found|no such file or directory/i,
    code: 'REPO_NOT_FOUND',
    message: 'There is no git repository at this address, or it is private',
    remedies: LOG_IN,
  },
  {
    words: /dubious ownership/i,
    code: 'PERMISSION',
    message: 'The repository belongs to another user',
    remedies: ['If you trust it: `git config --global --add safe.directory PATH`.'],
  },
  {
    words: /dumb http transport does not support/i,
    code: 'PROTOCOL',
    message: 'The server only offers git repositories as plain files ("dumb http")',
    remedies: ['Use an address that speaks git\'s own protocol, such as the ssh one.'],
  },
  {
    words: /ssl|certificate|gnutls/i,
    code: 'NETWORK',
    message: 'The certificate of the host is not trusted, or the encryption failed',
    remedies: ['Check the clock and the address; for an own authority, set GIT_SSL_CAINFO or http.sslCAInfo.'],
  },
  {
    words: /could not resolve|failed to connect|couldn't connect|connection (?:refused|reset|timed out|closed)|timed out|operation too slow|less than \d+ bytes|network is unreachable|no route to host|early eof|hung up|rpc failed|unexpected disconnect|returned error: (?:408|429|5\d\d)/i,
    code: 'NETWORK',
    message: 'The connection to the repository failed',
    retriable: true,
  },
  {
    words: /command not found|unknown command|not a git command|is not recognized/i,
    code: 'PROTOCOL',
    message: 'The host does not know the command that gives access to Git LFS over ssh',
    remedies: ['Use the https address of the repository.'],
  },
];

export function gitError(stderr: string, subject: string): ModelError {
  const meaning = MEANINGS.find(({ words }) => words.test(stderr));
  const { code = 'PROTOCOL', message = 'Git could not read the repository', retriable, remedies } = meaning ?? {};
  return new ModelError(code, message, {
    subject,
    found: lastWords(stderr),
    retriable,
    remedies: remedies ?? (meaning === undefined ? ['Try the same with git itself: `git ls-remote URL`.'] : undefined),
  });
}

/** The lines that say what went wrong; hints and progress are left out. */
function lastWords(stderr: string): string {
  const lines = stderr.split(/[\r\n]+/).filter((line) => /\S/.test(line) && !/^(?:hint|warning):/.test(line));
  return printable(lines.slice(-4).join(' · ').trim(), 600) || 'nothing';
}
