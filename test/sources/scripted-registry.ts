// A registry for tests that answers exactly what it is told to: an artifact's manifest and blobs
// by their paths, and whatever a test puts in their place. For a real one see docker-registry.ts.

import type { LocalServer } from '../net/local-server.ts';
import type { Artifact } from './artifact.ts';
import { type Answer, type Script, type ScriptedHub, serveScript } from './scripted-hub.ts';

const NAME = 'org/name';

export const manifestPath = (reference: string): string => `/v2/${NAME}/manifests/${reference}`;
export const blobPath = (hex: string): string => `/v2/${NAME}/blobs/sha256:${hex}`;

/** The answers of an honest registry that has the artifact as org/name:v1 and by its digest. */
export function artifactScript({ manifest, mediaType, digest, blobs }: Artifact): Script {
  const document = send(manifest, { 'content-type': mediaType, 'docker-content-digest': digest });
  const files = [...blobs].map(([hex, content]) => [blobPath(hex), send(content)] as const);
  return {
    [manifestPath('v1')]: document,
    [manifestPath(digest)]: document,
    ...Object.fromEntries(files),
  };
}

export function send(content: string | Buffer, headers: Record<string, string> = {}): Answer {
  return (response) => {
    response.writeHead(200, { 'content-length': Buffer.byteLength(content), ...headers });
    response.end(content);
  };
}

export function refuse(status: number, code: string, headers: Record<string, string> = {}): Answer {
  return { status, headers, body: JSON.stringify({ errors: [{ code, message: `because of ${code}` }] }) };
}

export const challenge = (parameters: string): Answer =>
  refuse(401, 'UNAUTHORIZED', { 'www-authenticate': `Bearer ${parameters}` });

export async function serveRegistry(
  artifact: Artifact,
  changes: Script | ((server: LocalServer) => Script) = {},
): Promise<ScriptedHub> {
  const honest = artifactScript(artifact);
  return await serveScript((server) => {
    const changed = typeof changes === 'function' ? changes(server) : changes;
    return { ...honest, ...changed };
  });
}
