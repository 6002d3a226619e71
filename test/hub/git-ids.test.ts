import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ask, commitOf, makeDirectory, serveFiles } from './local-hub.ts';

const hasGit = (() => {
  try {
    return execFileSync('git', ['--version']).length > 0;
  } catch {
    return false;
  }
})();

describe('the ids of a served directory', () => {
  // Names whose order differs between git, JavaScript and the file system.
  const files = {
    'a.txt': 'a', 'a/b': 'in a folder that sorts behind a.txt', 'a0': '', 'Z': 'z',
    'deep/er/and/deeper': 'x', '\u{1F600}.txt': 'astral', '\uFFEE.txt': 'before it in UTF-8 only',
  };

  it.skipIf(!hasGit)('are those that git computes (skipped without git)', async () => {
    const { hub } = await serveFiles(files);
    const repository = makeDirectory(files);
    const git = (...words: string[]): string =>
      execFileSync('git', ['-c', 'core.quotePath=false', '-c', 'core.autocrlf=false', ...words], { cwd: repository, encoding: 'utf8' }).trim();
    git('init', '-q');
    git('add', '-f', '.');
    expect(await commitOf(hub)).toBe(git('write-tree'));
    const listed = git('ls-files', '-s').split('\n').map((line) => line.split(/\s+/)[1]);
    const { json } = await ask(hub, '/api/models/org/name/tree/main?recursive=true');
    const blobs = (json as { type: string; oid: string }[]).filter(({ type }) => type === 'file');
    expect(blobs.map(({ oid }) => oid)).toEqual(listed);
  });

  it('stand for an LFS file by its pointer', async () => {
    const { hub } = await serveFiles({ 'w.safetensors': 'weights' });
    const sha256 = createHash('sha256').update('weights').digest('hex');
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize 7\n`;
    const oid = createHash('sha1').update(`blob ${pointer.length}\0${pointer}`).digest('hex');
    const { json } = await ask(hub, '/api/models/org/name/tree/main');
    const lfs = { oid: sha256, size: 7, pointerSize: pointer.length };
    expect(json).toEqual([{ type: 'file', oid, size: 7, path: 'w.safetensors', lfs }]);
    expect((await ask(hub, '/org/name/raw/main/w.safetensors')).body.toString()).toBe(pointer);
  });
});
