import { describe, expect, it } from 'vitest';
import { checkRevision, parseRemote } from '../../../src/sources/git-lfs/remote-url.ts';

describe('the address of a repository', () => {
  it.each([
    ['https://host.test/org/m.git', { kind: 'https', gitUrl: 'https://host.test/org/m.git' }],
    ['http://127.0.0.1:80/m/', { kind: 'http', gitUrl: 'http://127.0.0.1/m' }],
    ['ssh://git@host.test:2222/org/m.git', { kind: 'ssh', destination: 'git@host.test', port: '2222', path: '/org/m.git' }],
    ['ssh://[::1]/m', { kind: 'ssh', destination: '[::1]', path: '/m' }],
    ['git@host.test:org/m.git', { kind: 'ssh', destination: 'git@host.test', path: 'org/m.git' }],
    ['host.test:/srv/m.git', { kind: 'ssh', destination: 'host.test', path: '/srv/m.git' }],
    ['/srv/a b#c', { kind: 'file', path: '/srv/a b#c', gitUrl: 'file:///srv/a%20b%23c' }],
    ['file:///srv/a%20b/', { kind: 'file', path: '/srv/a b', gitUrl: 'file:///srv/a%20b' }],
  ])('may be %s', (text, remote) => {
    expect(parseRemote(text)).toMatchObject(remote);
  });

  it.each([
    '--upload-pack=touch /tmp/evil', '-u', 'ext::sh -c "touch /tmp/evil"', 'fd::17', 'transport::address',
    'ssh://-oProxyCommand=evil/x', 'ssh://git@-oProxyCommand=evil/x', '-oProxyCommand=evil:x', 'git@-oX:x',
    'ftp://host.test/m', 'git://host.test/m', 'file://host.test/m', 'ssh://host.test', 'https://', 'm.git', './m', '',
    'https://host.test/m?x', 'https://host.test/m#x', 'https://host.test/m\nx', 'host.test:a b',
  ])('is not %j', (text) => {
    expect(() => parseRemote(text)).toThrow(expect.objectContaining({ code: 'SPEC_INVALID' }) as Error);
  });

  it.each(['https://ann:secret@host.test/m', 'https://token@host.test/m', 'ssh://git:secret@host.test/m'])(
    'does not contain a password: %s', (text) => {
      expect(() => parseRemote(text)).toThrow(/must not contain a name or password/);
    });
});

describe('a revision', () => {
  it.each(['main', 'feature/x', 'v1.0', 'refs/tags/v1', 'HEAD', 'a'.repeat(40), 'größe'])('may be %s', (rev) => {
    expect(() => { checkRevision(rev); }).not.toThrow();
  });

  it.each([
    '', '-x', '--upload-pack=x', '+main', 'main:refs/heads/x', '^main', 'a..b', 'main@{1}', 'a b', 'a~1', 'x.lock',
    'a\nb', '/main', 'main/', 'a//b', '*', '@',
  ])('is not %j', (rev) => {
    expect(() => { checkRevision(rev); }).toThrow(/Not a commit, tag or branch/);
  });
});
