// The plugin as host of a core that misbehaves: traps, endless recursion and addresses outside of its
// memory become evaluation errors. A backend is linked around a small hostile module for this.

import { execFileSync, spawnSync } from 'node:child_process';
import { copyFile, cp, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { remove, scratch } from './models.ts';
import { impureEval, IS_WRAPPED, PLUGIN, pureEval, RELEASE, WHY_NOT } from './nix-run.ts';

const checkout = fileURLToPath(new URL('../..', import.meta.url));
const why = WHY_NOT ?? whyNotHere();

function whyNotHere(): string | undefined {
  if (IS_WRAPPED) return 'tested with the Nix that is installed: the host of the core is the same object code';
  return spawnSync('wat2wasm', ['--version']).status === 0 ? undefined : 'wat2wasm is not installed';
}

/**
 * `pin` looks at the third byte of the spec: the first letter of its first attribute. `scanstep` looks at the
 * size of the file.
 */
const HOSTILE_CORE = `(module
  (memory (export "memory") 1)
  (data (i32.const 64) "\\00\\00\\00\\00\\f0\\ff\\00\\00\\ff\\00\\00\\00") ;; data that ends beyond the memory
  (data (i32.const 96) "\\00\\00\\00\\00\\40\\00\\00\\00\\ff\\ff\\ff\\ff") ;; the longest possible data
  (data (i32.const 128) "\\63\\00\\00\\00\\90\\00\\00\\00\\04\\00\\00\\00") ;; an error with an unknown number
  (data (i32.const 144) "odd!")
  (data (i32.const 160) "\\00\\00\\00\\00\\b0\\00\\00\\00\\04\\00\\00\\00") ;; a result that ends within a text
  (data (i32.const 176) "\\09\\00\\00\\00")
  (data (i32.const 192) "\\00\\00\\00\\00\\e0\\00\\00\\00\\28\\00\\00\\00") ;; a request to read 16 bytes to the end of the memory
  (data (i32.const 224) "\\01\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\10\\00\\00\\00\\00\\00\\00\\00\\f8\\ff\\00\\00")
  (data (i32.const 272) "\\00\\00\\00\\00\\30\\01\\00\\00\\28\\00\\00\\00") ;; one to read more bytes than there are numbers
  (data (i32.const 304) "\\01\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\ff\\ff\\ff\\ff\\ff\\ff\\ff\\ff\\10\\00\\00\\00")
  (global $free (mut i32) (i32.const 1024))
  (global $size (mut i64) (i64.const 0))
  (func $endless (param i32) (result i32) (i32.add (call $endless (local.get 0)) (i32.const 1)))
  (func (export "reset"))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (global.set $free (i32.add (global.get $free) (i32.const 1024)))
    (select (i32.const 0xfffffff0) (global.get $free) (i32.gt_u (local.get 3) (i32.const 50000))))
  (func (export "plan") (param i32 i32 i32 i32) (result i32) (unreachable))
  (func (export "safetensors") (param i32 i32 i64) (result i32) (unreachable))
  (func (export "gguf") (param i32 i32 i64) (result i32) (unreachable))
  (func (export "safetensorstotals") (param i32 i32 i64) (result i32) (unreachable))
  (func (export "gguftotals") (param i32 i32 i64) (result i32) (unreachable))
  (func (export "ggufsize") (param i32 i32 i64) (result i32) (unreachable))
  (func (export "safetensorssize") (param i32 i32 i64) (result i32) (unreachable))
  (func (export "scanopen") (param i32 i32 i64) (global.set $size (local.get 2)))
  (func (export "inspectopen") (param i32 i32 i64) (global.set $size (local.get 2)))
  (func (export "scantree") (param i32 i32) (result i32) (unreachable))
  (func (export "decodeopen") (param i32) (result i32) (unreachable))
  (func (export "decodestep") (param i32 i32) (unreachable))
  (func (export "scanfeed") (param i64))
  (func (export "scanstep") (result i32)
    (if (i64.eq (global.get $size) (i64.const 1)) (then (unreachable)))
    (if (i64.eq (global.get $size) (i64.const 2)) (then (return (i32.const 192))))
    (if (i64.eq (global.get $size) (i64.const 3)) (then (return (i32.const 272))))
    (i32.const 160))
  (func (export "pin") (param i32 i32 i32 i32) (result i32)
    (local $letter i32)
    (local.set $letter (i32.load8_u offset=2 (local.get 0)))
    (if (i32.eq (local.get $letter) (i32.const 97)) (then (unreachable)))
    (if (i32.eq (local.get $letter) (i32.const 98)) (then (return (call $endless (i32.const 0)))))
    (if (i32.eq (local.get $letter) (i32.const 99)) (then (return (i32.load (i32.const 0x7ffffff0)))))
    (if (i32.eq (local.get $letter) (i32.const 100)) (then (return (i32.const 0xfffffffe))))
    (if (i32.eq (local.get $letter) (i32.const 101)) (then (return (i32.const 64))))
    (if (i32.eq (local.get $letter) (i32.const 102)) (then (return (i32.const 96))))
    (if (i32.eq (local.get $letter) (i32.const 103)) (then (return (i32.const 128))))
    (if (i32.eq (local.get $letter) (i32.const 104)) (then (return (i32.const 160))))
    (i32.div_u (i32.const 1) (i32.const 0))))`;

describe.skipIf(why)(`the plugin around a hostile core${why ? ` (${why})` : ''}`, () => {
  let folder: string;
  let plugin: string;

  beforeAll(async () => {
    folder = await scratch();
    plugin = await linkAround(HOSTILE_CORE, folder);
  });
  afterAll(() => remove(folder));

  const cases: readonly (readonly [fault: string, argument: string, message: string])[] = [
    ['gives up', '{ a = 1; }', 'it gave up'],
    ['calls itself without end', '{ b = 1; }', 'its call stack is exhausted'],
    ['reads outside of its memory', '{ c = 1; }', 'it read or wrote outside its memory'],
    ['gives a reply outside of its memory', '{ d = 1; }', 'an address outside its memory'],
    ['gives data that ends outside of its memory', '{ e = 1; }', 'an address outside its memory'],
    ['gives a length of 4 GiB', '{ f = 1; }', 'an address outside its memory'],
    ['gives an unknown error number', '{ g = 1; }', 'odd! [INTERNAL]'],
    ['gives a result that is cut off', '{ h = 1; }', 'cannot be read [INTERNAL]'],
    ['divides by zero', '{ z = 1; }', 'it trapped'],
    [
      'places an argument outside of its memory',
      `{ a = builtins.concatStringsSep "" (builtins.genList toString 20000); }`,
      'an address outside its memory',
    ],
  ];
  for (const [fault, argument, message] of cases)
    it(`reports an evaluation error where it ${fault}`, async () => {
      const { status, stderr } = await pureEval(`\n builtins.fetchModel ${argument}`, { plugin });
      expect(stderr).toContain(message);
      expect(stderr).toContain('[INTERNAL]');
      expect(stderr).toContain('at «string»:2:2');
      expect(status).toBe(1);
    });

  const scans = [
    ['gives up in a scan', 1, 'it gave up'],
    ['asks for bytes beyond the end of its memory', 2, 'an address outside its memory'],
    ['asks for more bytes than there can be', 3, 'an address outside its memory'],
    ['asks for something that is cut off', 4, 'asks for nothing'],
  ] as const;
  it.each(scans)('reports an evaluation error where it %s', async (_, size, message) => {
    const file = join(folder, `${String(size)}.bin`);
    await writeFile(file, Buffer.alloc(size));
    const { status, stderr } = await impureEval(`\n builtins.scanModel ${file}`, { plugin });
    expect(stderr).toContain(message);
    expect(stderr).toContain('[INTERNAL]');
    expect(stderr).toContain('at «string»:2:2');
    expect(status).toBe(1);
  });

  it('goes on after each of them with the next call', () => {
    const lines = ['b', 'a', 'c', 'b', 'z', 'a'].map((name) => `builtins.fetchModel { ${name} = 1; }`);
    const { stderr, status } = spawnSync(
      'nix',
      ['--option', 'plugin-files', plugin, '--extra-experimental-features', 'nix-command', 'repl'],
      { input: `${lines.join('\n')}\n`, encoding: 'utf8' },
    );
    expect(status).toBe(0);
    const reasons = [...stderr.matchAll(/The WASM core stopped: it(?:s call)? (\S+)/g)].map(([, word]) => word);
    expect(reasons).toEqual(['stack', 'gave', 'read', 'stack', 'trapped', 'gave']);
  });
});

/** The plugin with another core: only what holds the core is compiled again. */
async function linkAround(source: string, folder: string): Promise<string> {
  const built = dirname(PLUGIN);
  for (const objects of ['obj', `${RELEASE}/obj`])
    await cp(join(built, objects), join(folder, objects), { recursive: true, preserveTimestamps: true });
  await copyFile(PLUGIN, join(folder, 'nix-ai-models.so'));
  await writeFile(join(folder, 'core.wat'), source);
  execFileSync('wat2wasm', [join(folder, 'core.wat'), '-o', join(folder, 'core.wasm')]);
  const variables = [`OUT=${folder}`, `CORE_WASM=${join(folder, 'core.wasm')}`];
  execFileSync('sh', ['scripts/build-plugin.sh', ...variables], { cwd: checkout, stdio: 'pipe' });
  return join(folder, 'nix-ai-models.so');
}
