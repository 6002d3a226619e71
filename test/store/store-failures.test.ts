// What goes wrong around a store: no Nix, no space, no permission, an old daemon. Real Nix on real
// (tiny) file systems; only the old daemon is a script.

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DaemonConnection } from '../../src/store/daemon-connection.ts';
import { DaemonStore } from '../../src/store/daemon-store.ts';
import { openStore } from '../../src/store/nix-store.ts';
import { openTransport } from '../../src/store/transport.ts';
import { privateStore, type PrivateStore } from './private-store.ts';
import { scriptedDaemon } from './scripted-daemon.ts';

const SPACE_MIB = 48;
const HASH = 'f'.repeat(64);

let scratch: string;
let file: string;
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'store-failures-'));
  file = join(scratch, 'file');
  await writeFile(file, randomBytes(1000));
});
afterEach(() => rm(scratch, { recursive: true, force: true }));

test('without Nix the message names the command and what to do', async () => {
  const environment = { ...process.env, PATH: scratch, NIX_REMOTE: 'local' };
  await expect(openStore({ environment })).rejects.toMatchObject({
    code: 'NIX_MISSING',
    subject: 'nix-daemon',
    remedies: [expect.stringContaining('Install Nix')],
  });
});

test('without its daemon the message says how to start it', async () => {
  const socket = join(scratch, 'no-socket');
  const environment = { ...process.env, PATH: scratch, NIX_REMOTE: `unix://${socket}` };
  await expect(openStore({ environment })).rejects.toMatchObject({
    code: 'NIX_FAILED',
    subject: socket,
    remedies: expect.arrayContaining([expect.stringContaining('systemctl start nix-daemon')]) as unknown,
  });
});

test('a daemon that shuts the door says who is let in', async () => {
  const daemon = await scriptedDaemon(({ socket }) => Promise.resolve(void socket.destroy()));
  try {
    await expect(openStore(daemon)).rejects.toMatchObject({
      code: 'NIX_FAILED',
      message: expect.stringContaining('closed the connection') as string,
      remedies: expect.arrayContaining([expect.stringContaining('allowed-users')]) as unknown,
    });
  } finally {
    await daemon.close();
  }
});

test('a daemon from before Nix 2.4 is passed over for the commands', async () => {
  const home = await privateStore();
  // Greets as protocol 1.21 and has nothing more to say.
  const greeting = String.raw`printf 'oixd\0\0\0\0\025\001\0\0\0\0\0\0stla\0\0\0\0'; cat > /dev/null`;
  await writeFile(join(scratch, 'nix-daemon'), `#!/bin/sh\n${greeting}\n`, { mode: 0o755 });
  const environment = { ...home.environment, PATH: `${scratch}:${home.environment['PATH'] ?? ''}` };
  const log: string[] = [];
  const store = await openStore({ environment, log: (line) => log.push(line) });
  try {
    expect(log).toEqual([expect.stringMatching(/older than Nix 2.4.*using nix-store instead/)]);
    const sha256 = await home.nix('nix-hash', '--flat', '--type', 'sha256', file);
    const path = await store.addFile({ name: 'by-commands', file, sha256 });
    await home.nix('nix-store', '--verify-path', path);
    // References are the one thing that the commands cannot be given.
    const links = [{ path: 'a', target: path }];
    await expect(store.addLinks({ name: 'x', links })).rejects.toMatchObject({
      remedies: [expect.stringContaining('Nix 2.4 or newer')],
    });
  } finally {
    await store.close();
    await home.remove();
  }
});

test("another store directory than Nix's own is told, not believed", async () => {
  const home = await privateStore();
  const daemon = new DaemonStore(await DaemonConnection.open(await openTransport(home)));
  try {
    await expect(daemon.isValidPath('/elsewhere/store/x')).rejects.toMatchObject({
      code: 'NIX_FAILED',
      message: expect.stringContaining('/elsewhere/store/x') as string,
      remedies: [expect.stringContaining('NIX_STORE_DIR')],
    });
  } finally {
    await daemon.close();
    await home.remove();
  }
});

describe.skipIf(!mayMount())('on a file system of its own (needs root and tmpfs)', () => {
  let home: PrivateStore;
  beforeEach(async () => {
    home = await privateStore();
    mount('-t', 'tmpfs', '-o', `size=${SPACE_MIB}m`, 'tmpfs', home.storeDir);
  });
  afterEach(async () => {
    execFileSync('umount', [home.storeDir]);
    await home.remove();
  });

  test('what cannot fit is refused before a byte is sent', async () => {
    const store = await openStore(home);
    await writeFile(file, Buffer.alloc((SPACE_MIB + 1) * 1024 * 1024));
    await expect(store.addFile({ name: 'x', file, sha256: HASH })).rejects.toMatchObject({
      code: 'DISK_FULL',
      found: expect.stringMatching(/^\d+ MiB free$/) as string,
    });
    await mkdir(join(scratch, 'tree'));
    await writeFile(join(scratch, 'tree/a'), Buffer.alloc((SPACE_MIB + 1) * 1024 * 1024));
    await expect(store.addTree({ name: 'x', directory: join(scratch, 'tree') })).rejects.toMatchObject({ code: 'DISK_FULL' });
    await store.close();
  });

  test("a disk that fills up on the way is Nix's message with the right remedy, and nothing stays", async () => {
    const store = new DaemonStore(await DaemonConnection.open(await openTransport(home)));
    await writeFile(file, Buffer.alloc((SPACE_MIB + 16) * 1024 * 1024));
    const addition = { name: 'x', content: { kind: 'file', file }, algorithm: 'sha256' } as const;
    await expect(store.add(addition)).rejects.toMatchObject({
      code: 'DISK_FULL',
      message: expect.stringContaining('No space left on device') as string,
      remedies: expect.arrayContaining([expect.stringContaining('nix-collect-garbage')]) as unknown,
    });
    await store.close();
    expect(await home.contents()).toEqual([]);
  });

  test('a read-only store is a matter of permission', async () => {
    mount('-o', 'remount,ro', home.storeDir);
    const adding = async (): Promise<void> => {
      const store = await openStore(home);
      const sha256 = await home.nix('nix-hash', '--flat', '--type', 'sha256', file);
      await store.addFile({ name: 'x', file, sha256 }).finally(() => store.close());
    };
    await expect(adding()).rejects.toMatchObject({ code: 'PERMISSION', message: expect.stringContaining('Read-only') as string });
  });
});

function mount(...args: string[]): void {
  execFileSync('mount', args, { stdio: 'ignore' });
}

function mayMount(): boolean {
  if (process.getuid?.() !== 0) return false;
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
