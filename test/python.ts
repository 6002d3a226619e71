// Python as an independent implementation: the first interpreter that has the modules a test needs. The
// one of Debian has Debian's libraries, whatever else is called python3.

import { spawnSync } from 'node:child_process';

export function pythonWith(...modules: string[]): string | undefined {
  return ['python3', '/usr/bin/python3'].find((program) =>
    spawnSync(program, ['-c', modules.map((name) => `import ${name}`).join('\n')]).status === 0);
}

/** What a program prints. */
export function runPython(python: string, program: string, ...words: string[]): string {
  const { status, stdout, stderr } = spawnSync(python, ['-c', program, ...words], { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}
