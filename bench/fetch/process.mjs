// Runs contestants as processes and measures what an outsider can: the time from start to exit, and
// the largest amount of memory, which Linux keeps per process (VmHWM) until it is gone.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const POLL_MS = 20;

/** Seconds and peak MiB of a command; throws where it fails. */
export async function measureProcess([command, ...words], options = {}) {
  const start = process.hrtime.bigint();
  const child = spawn(command, words, { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (chunk) => (complaint = (complaint + chunk).slice(-2000)));
  let peak = 0;
  const poll = setInterval(() => (peak = Math.max(peak, residentPeak(child.pid))), POLL_MS);
  const [status] = await once(child, 'close');
  clearInterval(poll);
  if (status !== 0) throw new Error(`${command} failed (${status}): ${complaint}`);
  return { seconds: Number(process.hrtime.bigint() - start) / 1e9, mebibytes: peak };
}

/** One after the other: the sum of the times, the larger of the peaks. */
export async function measureInSequence(commands) {
  const measured = [];
  for (const { words, options } of commands) measured.push(await measureProcess(words, options));
  return {
    seconds: measured.reduce((sum, { seconds }) => sum + seconds, 0),
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

function residentPeak(pid) {
  try {
    const kibibytes = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kibibytes ?? 0) / 1024;
  } catch {
    return 0;
  }
}
