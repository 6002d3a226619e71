// Models that onnx itself writes, and what a report says that they read besides.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileScanner } from '../../src/core/scan-file.ts';
import { pythonWith } from '../python.ts';
import { external, node, onnx, varint } from './protobuf-file.ts';

const scanner = new FileScanner();
const python = pythonWith('onnx');
const folder = mkdtempSync(join(tmpdir(), 'scan-onnx-'));

describe.skipIf(python === undefined)('models that onnx writes (skipped without python3-onnx)', () => {
  beforeAll(() => {
    const program = join(import.meta.dirname, 'libraries/onnx-files.py');
    const { status, stderr } = spawnSync(python ?? '', [program, folder], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
  });

  it('are what their names say', () => {
    const names = readdirSync(folder).filter((name) => name.endsWith('.onnx'));
    expect(names.length).toBeGreaterThanOrEqual(11);
    for (const name of names) {
      const { verdict, format } = scanner.scanFile(join(folder, name));
      expect(`${name} ${format} ${verdict}`).toBe(`${name} onnx ${name.split('-')[0] ?? ''}`);
    }
  });

  it('need the files that onnx wrote beside them', () => {
    expect(scanner.scanFile(join(folder, 'clean-external.onnx')).needs).toEqual(['external.data']);
    expect([...scanner.scanFile(join(folder, 'clean-files.onnx')).needs ?? []].sort()).toEqual(['v', 'w']);
    expect(scanner.scanFile(join(folder, 'clean-plain.onnx')).needs).toBeUndefined();
  });
});

describe('what a model needs', () => {
  const needs = (...locations: string[]): readonly string[] | undefined =>
    scanner.scanBytes(onnx([node('Relu'), ...locations.map((location) => external(5, location))]), 'model.onnx').needs;

  it('is named once, without what means nothing in a path', () => {
    expect(needs('a', './a', 'b//c', 'b/./c', './/a')).toEqual(['a', 'b/c']);
  });

  it('is not what leads out of its directory', () => {
    expect(needs('../a', '/b', 'c')).toEqual(['c']);
  });

  it('is text as JSON wants it', () => {
    expect(needs('a"b', 'é/漢')).toEqual(['a"b', 'é/漢']);
  });

  it('is bounded, and more is said', () => {
    const many = Array.from({ length: 5000 }, (_, i) => external(5, `weights/${i}`));
    const report = scanner.scanBytes(onnx([node('Relu'), ...many]), 'model.onnx');
    expect(report.needs).toHaveLength(4096);
    expect(report.findings.map(({ rule }) => rule)).toEqual(['protobuf-limit']);
  });
});

describe('a model of gigabytes', () => {
  it('costs a few reads, because tensors are passed over', () => {
    const size = 5 * 2 ** 30;
    const head = onnx([node('Relu')]);
    // A tensor of 5 GiB in the graph's place: its bytes are zeros that nobody should ask for.
    const tensor = Buffer.concat([Buffer.from([0x4a]), varint(size)]);
    const inner = Buffer.concat([Buffer.from([0x2a]), varint(size + tensor.length), tensor]);
    const graph = Buffer.concat([Buffer.from([0x3a]), varint(size + inner.length), inner]);
    const start = Buffer.concat([head, graph]);
    const total = start.length + size;
    let bytesRead = 0;
    const report = scanner.scanSource({
      read: (offset, target) => {
        target.fill(0);
        if (offset < start.length) start.subarray(offset).copy(target);
        const count = Math.max(0, Math.min(target.length, total - offset));
        bytesRead += count;
        return count;
      },
    }, total, 'model.onnx');
    expect(report.verdict).toBe('clean');
    expect(bytesRead).toBeLessThan(2 ** 20);
  });
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});
