// WWW-Authenticate: what a registry wants before it answers (RFC 9110, section 11). Pure; the text
// comes from a server, so anything that is no challenge is skipped.

export interface Challenge {
  /** Lower case: `bearer`, `basic`. */
  readonly scheme: string;
  /** Names in lower case. */
  readonly parameters: Readonly<Record<string, string>>;
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const PARAMETER = new RegExp(`(${TOKEN})\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|(${TOKEN}))`, 'y');
const SCHEME = new RegExp(`(${TOKEN})(?=\\s|,|$)(?!\\s*=)`, 'y');

/** Real ones have a few hundred characters; the patterns take quadratic time on nonsense. */
const MAX_HEADER_CHARACTERS = 4_096;

/** Every challenge of one header, or of several that were joined with commas. */
export function parseChallenges(text: string): Challenge[] {
  const header = text.slice(0, MAX_HEADER_CHARACTERS);
  const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
  let position = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = position;
    const found = pattern.exec(header);
    if (found !== null) position = pattern.lastIndex;
    return found;
  };
  while (position < header.length) {
    const parameter = match(PARAMETER);
    const current = challenges.at(-1);
    if (parameter !== null) {
      const [, name = '', quoted, plain] = parameter;
      const value = quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '';
      if (current !== undefined) current.parameters[name.toLowerCase()] = value;
      continue;
    }
    const scheme = match(SCHEME)?.[1];
    if (scheme !== undefined) challenges.push({ scheme: scheme.toLowerCase(), parameters: {} });
    else position += 1;
  }
  return challenges;
}
