// Runs contestants as processes and measures what an outsider can: the time from start to exit, the
// CPU time, which Linux adds to ours when they end, and the largest amount of memory, which it keeps
// per process (VmHWM) until it is gone.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const POLL_MS = 20;
const TICKS_PER_SECOND = 100;

/** Seconds, CPU seconds and peak MiB of a command; throws where it fails. */
export async function measureProcess([command, ...words], options = {}) {
  const cpuBefore = cpuOfEndedChildren();
  const start = process.hrtime.bigint();
  const child = spawn(command, words, { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (chunk) => (complaint = (complaint + chunk).slice(-2000)));
  let peak = 0;
  const poll = setInterval(() => (peak = Math.max(peak, residentPeak(child.pid))), POLL_MS);
  const [status] = await once(child, 'close');
  clearInterval(poll);
  if (status !== 0) throw new Error(`${command} failed (${status}): ${complaint}`);
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  return { seconds, cpuSeconds: cpuOfEndedChildren() - cpuBefore, mebibytes: peak };
}

/** One after the other: the sum of the times, the larger of the peaks. */
export async function measureInSequence(commands) {
  const measured = [];
  for (const { words, options } of commands) measured.push(await measureProcess(words, options));
  return inSequence(measured);
}

export function inSequence(measured) {
  const sum = (each) => measured.reduce((total, one) => total + each(one), 0);
  return {
    seconds: sum(({ seconds }) => seconds),
    cpuSeconds: sum(({ cpuSeconds }) => cpuSeconds),
    mebibytes: Math.max(...measured.map(({ mebibytes }) => mebibytes)),
  };
}

/** The address of a hub over `folder`, and how to end it. */
export async function startHub(folder) {
  const script = fileURLToPath(new URL('serve.mjs', import.meta.url));
  const server = spawn(process.execPath, [script, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = await once(server.stdout, 'data');
  return {
    url: String(line).trim(),
    async close() {
      server.stdin.end();
      await once(server, 'exit');
    },
  };
}

export function isInstalled(command) {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The hub of a bench does not count before it has ended. 0 where there is no /proc. */
function cpuOfEndedChildren() {
  try {
    const text = readFileSync('/proc/self/stat', 'utf8');
    // cutime and cstime; the second field is a name in parentheses that may contain spaces.
    const [user, system] = text.slice(text.lastIndexOf(')') + 2).split(' ').slice(13, 15);
    return (Number(user) + Number(system)) / TICKS_PER_SECOND;
  } catch {
    return 0;
  }
}

function residentPeak(pid) {
  try {
    const kibibytes = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kibibytes ?? 0) / 1024;
  } catch {
    return 0;
  }
}
