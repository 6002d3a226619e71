// The opcode reader beside CPython's own: for generated streams, both reach the same names. Python runs
// the C unpickler with a find_class that writes down what is asked for and hands out harmless objects.

import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { FileScanner } from '../../src/core/scan-file.ts';
import * as asm from './assemble.ts';

const hasPython = spawnSync('python3', ['--version']).status === 0;
const STREAMS = 3000;

/** Reads lines of hexadecimal; answers each with the names that loading it asks for, and whether it ended. */
const AUDITOR = `
import io, json, pickle, sys
class Thing:
    def __init__(self, *args, **kwargs): pass
    def __new__(cls, *args, **kwargs): return object.__new__(cls)
    def __setstate__(self, state): pass
    def __setitem__(self, key, value): pass
    def append(self, value): pass
    def extend(self, values): pass
    def add(self, value): pass
class Auditor(pickle.Unpickler):
    def find_class(self, module, name):
        self.names.append(module + '.' + name)
        return Thing
    def persistent_load(self, pid):
        return Thing()
for line in sys.stdin:
    auditor = Auditor(io.BytesIO(bytes.fromhex(line)), encoding='utf-8')
    auditor.names = []
    try:
        auditor.load()
        ended = True
    except Exception:
        ended = False
    print(json.dumps([sorted(set(auditor.names)), ended]))
`;

function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Modules that nobody vouches for, so that each name that is reached becomes a finding. */
const MODULES = ['audit_a', 'audit_b', 'audit_c'];
const NAMES = ['one', 'two', 'three'];

function piece(random: (below: number) => number): asm.Piece {
  const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T;
  const makers: (() => asm.Piece)[] = [
    () => asm.global(pick(MODULES), pick(NAMES)),
    () => asm.stackGlobal(pick(MODULES), pick(NAMES)),
    () => asm.text(pick([...MODULES, ...NAMES])),
    () => `S'${pick([...MODULES, 'o\\x6ee', 't\\167o'])}'\n`,
    () => `V${pick([...NAMES, '\\u006fne'])}\n`,
    () => `I${pick(['1', '0x41', '0o17', '01', '00', ' 7 ', '1_0', '-3'])}\n`,
    () => `L${pick(['12L', '0x1fL', '-5'])}\n`,
    () => pick(['N', '\x88', ')', ']', '}', '\x8f', 'K\x05', 'M\x01\x02', 'G12345678', '\x8a\x02ab', 'C\x02ab', 'U\x03one']),
    () => pick(['\x85', '\x86', '\x87', '(', 't', '0', '1', '2', 'R', 'b', 'a', 'e', 's', 'u', '\x90', '\x91', '\x81', 'o', 'l', 'd']),
    () => asm.STACK_GLOBAL,
    () => asm.MEMOIZE,
    () => asm.binput(random(4)),
    () => asm.binget(random(4)),
    () => asm.put(random(4)),
    () => asm.get(random(4)),
    () => asm.bytes('(', asm.inst(pick(MODULES), pick(NAMES))),
    () => asm.bytes(asm.global(pick(MODULES), pick(NAMES)), ')', 'R'),
    () => asm.proto(random(6)),
  ];
  return pick(makers)();
}

function stream(random: (below: number) => number): Buffer {
  const pieces = Array.from({ length: 1 + random(14) }, () => piece(random));
  return asm.bytes(asm.proto(random(6)), ...pieces, asm.STOP);
}

describe.skipIf(!hasPython)('the opcode reader (skipped without python3)', () => {
  it('reaches the names that CPython reaches, and ends where CPython ends', () => {
    const random = generator(7);
    const streams = Array.from({ length: STREAMS }, () => stream(random));
    const input = streams.map((data) => data.toString('hex')).join('\n');
    const { stdout } = spawnSync('python3', ['-c', AUDITOR], { input, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
    const audited = stdout.trim().split('\n').map((line) => JSON.parse(line) as [string[], boolean]);
    expect(audited).toHaveLength(STREAMS);
    const scanner = new FileScanner();
    let reached = 0;
    for (const [index, data] of streams.entries()) {
      const [names = [], ended] = audited[index] ?? [];
      const report = scanner.scanBytes(data, 'model.pkl');
      const found = [...new Set(report.findings.flatMap(({ global }) => global ?? []))];
      reached += names.length;
      // Where Python stops for a reason of types (a list as a key, a call of a list), the reader goes on.
      const missing = names.filter((name) => !found.includes(name));
      if (missing.length > 0) throw new Error(`missed ${missing.join()} in ${data.toString('hex')}`);
      const broken = report.findings.some(({ rule }) => rule === 'pickle-broken');
      const misread = ended === true && (broken || found.length !== names.length);
      if (misread) throw new Error(`misread ${data.toString('hex')}`);
    }
    expect(reached).toBeGreaterThan(STREAMS / 4);
  });
});
