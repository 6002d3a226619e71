import { describe, expect, it } from 'vitest';
import { ask, makeDirectory, serveFiles, startHub } from './local-hub.ts';

const PATIENT = { timeout: 20_000 };
const TOKEN = 'hf_a-secret-of-this-test';
const bearer = (token: string): { headers: Record<string, string> } => ({ headers: { authorization: `Bearer ${token}` } });
const ADDRESSES = ['/api/models/org/name', '/api/models/org/name/tree/main', '/org/name/resolve/main/a', '/api/models', '/', '/api/models/no/such', '/no/such/page'];

describe('a hub without a token', () => {
  it('answers everyone, also those who send a token for another hub', async () => {
    const { hub } = await serveFiles({ a: 'a' });
    expect((await ask(hub, '/org/name/resolve/main/a')).status).toBe(200);
    expect((await ask(hub, '/org/name/resolve/main/a', bearer('hf_other'))).status).toBe(200);
    expect((await ask(hub, '/api/models/no/such')).headers['x-error-code']).toBe('RepoNotFound');
  });
});

describe('a hub with a token', () => {
  it('gives its holder everything', async () => {
    const { hub } = await serveFiles({ a: 'a' }, { token: TOKEN });
    expect((await ask(hub, '/org/name/resolve/main/a', bearer(TOKEN))).body.toString()).toBe('a');
    expect((await ask(hub, '/api/models/org/name', bearer(TOKEN))).json).toMatchObject({ private: true });
    expect((await ask(hub, '/api/models/no/such', bearer(TOKEN))).headers['x-error-code']).toBe('RepoNotFound');
    expect((await ask(hub, '/api/whoami-v2', bearer(TOKEN))).json).toMatchObject({ type: 'user' });
  });

  it.each(ADDRESSES)('tells nobody else whether %s exists', async (address) => {
    const { hub } = await serveFiles({ a: 'a' }, { token: TOKEN });
    const nobody = await ask(hub, address);
    expect([nobody.status, nobody.headers['x-error-code']]).toEqual([401, undefined]);
    expect(nobody.headers['www-authenticate']).toMatch(/^Bearer/);
  });

  it.each(['hf_wrong', TOKEN.slice(0, -1), `${TOKEN}x`, TOKEN.toUpperCase()])('knows the wrong token %s as such', async (token) => {
    const { hub } = await serveFiles({ a: 'a' }, { token: TOKEN });
    const { status, headers } = await ask(hub, '/org/name/resolve/main/a', bearer(token));
    expect([status, headers['x-error-message']]).toEqual([401, 'Invalid credentials in Authorization header']);
  });

  it('shows anyone that it lives', async () => {
    const { hub } = await serveFiles({ a: 'a' }, { token: TOKEN });
    expect((await ask(hub, '/health')).status).toBe(200);
  });

  it('never writes it into the log', async () => {
    const lines: string[] = [];
    const { hub } = await serveFiles({ a: 'a' }, { token: TOKEN, log: (line) => lines.push(line) });
    await ask(hub, `/org/name/resolve/main/a?token=${TOKEN}`, bearer(TOKEN));
    await ask(hub, `/${TOKEN}`, bearer(TOKEN));
    await expect.poll(() => lines.filter((line) => line.startsWith('GET')), PATIENT).toHaveLength(2);
    expect(lines.join('\n')).not.toContain(TOKEN);
  });
});

describe('a gated repository', () => {
  it('can be looked at, but gives its files to holders of the token only', async () => {
    const [gated, open] = [makeDirectory({ a: 'a' }), makeDirectory({ b: 'b' })];
    const hub = await startHub([`org/gated=${gated}`, `org/open=${open}`], { token: TOKEN, gated: ['org/gated'] });
    expect((await ask(hub, '/org/open/resolve/main/b')).status).toBe(200);
    expect((await ask(hub, '/api/models/org/gated')).json).toMatchObject({ gated: 'auto', private: false });
    expect((await ask(hub, '/api/models/org/gated/tree/main')).status).toBe(200);
    for (const verb of ['resolve', 'raw']) {
      const { status, headers } = await ask(hub, `/org/gated/${verb}/main/a`);
      expect([status, headers['x-error-code']]).toEqual([401, 'GatedRepo']);
    }
    expect((await ask(hub, '/org/gated/resolve/main/a', bearer(TOKEN))).body.toString()).toBe('a');
  });

  it('of a hub without a token is closed to everyone: 403 to those who name themselves', async () => {
    const { hub } = await serveFiles({ a: 'a' }, { gated: ['org/name'] });
    const { status, headers } = await ask(hub, '/org/name/resolve/main/a', bearer('hf_someone'));
    expect([status, headers['x-error-code']]).toEqual([403, 'GatedRepo']);
  });
});
