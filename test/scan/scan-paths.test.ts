// Whole runs over directories: what is found, what the policy takes away, what reports look like.

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyPolicy, parsePolicy, SAFE_POLICY } from '../../src/scan/policy.ts';
import { exitStatus, renderReport } from '../../src/scan/report.ts';
import { toSarif } from '../../src/scan/sarif.ts';
import { scanPaths } from '../../src/scan/scan-paths.ts';
import { call, EMPTY_DICT, EVIL, pickle } from './assemble.ts';
import { checkpoint } from './zips.ts';

let root = '';

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'scan-paths-'));
  mkdirSync(join(root, 'good/deep'), { recursive: true });
  mkdirSync(join(root, 'bad'));
  writeFileSync(join(root, 'good/model.pkl'), pickle(EMPTY_DICT));
  writeFileSync(join(root, 'good/deep/config.json'), '{}');
  symlinkSync(join(root, 'good'), join(root, 'good/deep/circle'));
  writeFileSync(join(root, 'bad/model.pt'), checkpoint(pickle(EVIL)));
  writeFileSync(join(root, 'library.pkl'), pickle(call('sklearn.svm._classes', 'SVC')));
  writeFileSync(join(root, 'unknown.7z'), '7z\xbc\xaf\x27\x1c', 'latin1');
});

afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

describe('scanPaths', () => {
  it('goes through directories, follows links, and ends in a circle of them', async () => {
    const report = await scanPaths([join(root, 'good')]);
    expect(report).toMatchObject({ verdict: 'clean', accepted: true, unread: [] });
    expect(report.files.map(({ path }) => path.slice(root.length))).toEqual(['/good/deep/config.json', '/good/model.pkl']);
    expect(exitStatus(report, SAFE_POLICY)).toBe(0);
  });

  it('follows a link to a file, as the store has them', async () => {
    symlinkSync(join(root, 'bad/model.pt'), join(root, 'link.bin'));
    const report = await scanPaths([join(root, 'link.bin')]);
    expect(report.verdict).toBe('malicious');
  });

  it('names the member, the byte and the call', async () => {
    const report = await scanPaths([join(root, 'bad')]);
    expect(report.files[0]?.findings[0]).toMatchObject({
      rule: 'pickle-dangerous-call', severity: 'malicious', member: 'archive/data.pkl', global: 'os.system',
    });
    const text = renderReport(report);
    expect(text).toContain('Calls os.system');
    expect(text).toContain('archive/data.pkl');
    expect(text).toContain('1 malicious');
    expect(exitStatus(report, SAFE_POLICY)).toBe(1);
  });

  it('says what could not be read, and does not accept it', async () => {
    const report = await scanPaths([join(root, 'good'), join(root, 'missing')]);
    expect(report.accepted).toBe(false);
    expect(report.unread).toHaveLength(1);
    expect(exitStatus(report, SAFE_POLICY)).toBe(3);
  });

  it('gives threads the same answers', async () => {
    const paths = Array.from({ length: 60 }, (_, index) => join(root, `many/${index}.pkl`));
    mkdirSync(join(root, 'many'));
    paths.forEach((path, index) => {
      writeFileSync(path, index % 7 === 0 ? pickle(EVIL) : pickle(EMPTY_DICT));
    });
    // Sparse and large, so that threads are worth it.
    writeFileSync(join(root, 'many/z.bin'), Buffer.alloc(65 * 1024 * 1024));
    const [one, two] = [await scanPaths([join(root, 'many')], { workers: 1 }), await scanPaths([join(root, 'many')], { workers: 2 })];
    expect(two).toEqual(one);
    expect(two.files.filter(({ verdict }) => verdict === 'malicious')).toHaveLength(9);
  });
});

describe('a policy', () => {
  const read = (input: unknown): ReturnType<typeof parsePolicy> => parsePolicy(input, 'policy.json');

  it('lets a library through by its exact name', async () => {
    const path = join(root, 'library.pkl');
    expect((await scanPaths([path])).verdict).toBe('suspicious');
    const allowed = await scanPaths([path], { policy: read({ allowGlobals: ['sklearn.svm._classes.SVC'] }) });
    expect(allowed.verdict).toBe('clean');
    expect((await scanPaths([path], { policy: read({ allowGlobals: ['sklearn.svm._classes.SVR'] }) })).accepted).toBe(false);
  });

  it('lets nothing dangerous through', async () => {
    const report = await scanPaths([join(root, 'bad')], { policy: read({ allowGlobals: ['os.system'] }) });
    expect(report.verdict).toBe('malicious');
  });

  it('refuses formats that it does not list', async () => {
    const report = await scanPaths([join(root, 'good')], { policy: read({ allowFormats: ['safetensors', 'text'] }) });
    expect(report.files.map(({ verdict }) => verdict)).toEqual(['clean', 'suspicious']);
  });

  it('says which verdicts fail', async () => {
    const policy = read({ failOn: ['malicious'] });
    const report = await scanPaths([join(root, 'unknown.7z')], { policy });
    expect(report).toMatchObject({ verdict: 'unscannable', accepted: true });
    expect(exitStatus(report, policy)).toBe(0);
    expect(exitStatus(report, SAFE_POLICY)).toBe(2);
  });

  it('does not answer findings that are not listed', () => {
    const report = { format: 'pickle', verdict: 'malicious', size: 1, members: 0, pickles: 1, opcodes: 1, findings: [], omitted: 3 } as const;
    expect(applyPolicy(report, SAFE_POLICY).verdict).toBe('malicious');
  });

  it.each([[[]], [{ allow: [] }], [{ failOn: ['clean'] }], [{ allowGlobals: 'os.system' }], [{ allowGlobals: ['sklearn.*'] }]])(
    'is refused as %j',
    (input) => {
      expect(() => read(input)).toThrow(expect.objectContaining({ code: 'SCAN_USAGE' }) as Error);
    },
  );
});

describe('SARIF', () => {
  it('has a rule, a place and a level for each finding', async () => {
    const sarif = toSarif(await scanPaths([join(root, 'bad')])) as { runs: { results: unknown[]; tool: { driver: { rules: { id: string }[] } } }[] };
    const [run] = sarif.runs;
    expect(run?.results[0]).toMatchObject({
      ruleId: 'pickle-dangerous-call',
      level: 'error',
      locations: [{ logicalLocations: [{ fullyQualifiedName: 'archive/data.pkl' }] }],
    });
    expect(run?.tool.driver.rules.map(({ id }) => id)).toContain('pickle-dangerous-call');
  });
});
