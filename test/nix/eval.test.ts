// Evaluates each test/nix/eval/<case>.nix and compares it with <case>.exp beside it. A case is a
// function of { lib, urlsOf }. `vitest run -u test/nix/eval.test.ts` writes the .exp files anew.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { evaluate, ROOT, runNix } from './nix-commands.ts';

const CASES = join(ROOT, 'test/nix/eval');
const names = readdirSync(CASES)
  .filter((file) => file.endsWith('.nix') && file !== 'errors.nix')
  .map((file) => file.slice(0, -'.nix'.length));

/** `urlsOf` gives the addresses that a spec's files are fetched from. */
const call = (name: string): string => `import ${CASES}/${name}.nix {
  inherit lib;
  urlsOf = spec:
    let
      library = import ${ROOT}/nix/lib { defaultSystem = ""; toolFor = null; };
      inherit (library.normaliseSpec spec) kind value pin;
      urls = { path, ... }: library.types.\${kind}.fileUrls {
        inherit path;
        source = value;
        revision = pin.revision or value.revision;
      };
    in
    map urls pin.contents;
}`;

describe('nix/lib evaluates', () => {
  test.each(names)('%s as its .exp file says', async (name) => {
    const value = await evaluate(call(name));
    await expect(`${JSON.stringify(value, null, 2)}\n`).toMatchFileSnapshot(join(CASES, `${name}.exp`));
  });
});

describe('nix/lib refuses', () => {
  test('every mistake with what is wrong, where, and what to do', async () => {
    const cases = (await evaluate(`builtins.attrNames (${call('errors')})`)) as string[];
    const messages: string[] = [];
    for (const name of cases) messages.push(`${name}\n${await messageOf(name)}\n`);
    await expect(messages.join('\n')).toMatchFileSnapshot(join(CASES, 'errors.exp'));
  });

  async function messageOf(name: string): Promise<string> {
    const expression = `let inherit (import ${ROOT}/nix { }) lib; in ${call('errors')}`;
    const result = await runNix('nix-instantiate', ['--eval', '-E', expression, '-A', name]);
    expect(result.status, name).not.toBe(0);
    return errorText(result.stderr);
  }
});

/** Nix's error without its own frame: positions, indentation, hints. */
function errorText(stderr: string): string {
  return stderr
    .slice(stderr.lastIndexOf('error: ') + 'error: '.length)
    .split('\n')
    .map((line) => line.replace(/^ {7}/, '').replaceAll(ROOT, '«checkout»'))
    .filter((line) => line !== '' && !line.startsWith('(use '))
    .join('\n');
}
