// A certificate of nobody for tests of TLS, made by the openssl command on the spot, so that no
// private key lies in the repository and none expires.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Certificate {
  /** PEM, its own authority. Good for hub.test and 127.0.0.1. */
  readonly certificateFile: string;
  /** A file that is not there. */
  readonly missingFile: string;
  createServer(handler: RequestListener): Server;
  remove(): void;
}

export function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export function makeCertificate(): Certificate {
  const directory = mkdtempSync(join(tmpdir(), 'nix-ai-models-tls-'));
  const [keyFile, certificateFile] = [join(directory, 'key.pem'), join(directory, 'certificate.pem')];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const names = ['-subj', '/CN=hub.test', '-addext', 'subjectAltName=DNS:hub.test,IP:127.0.0.1'];
  const files = ['-keyout', keyFile, '-out', certificateFile];
  execFileSync('openssl', ['req', ...kind, ...names, ...files], { stdio: 'ignore' });
  const tls = { key: readFileSync(keyFile), cert: readFileSync(certificateFile) };
  return {
    certificateFile,
    missingFile: join(directory, 'no-cert-file.crt'),
    createServer: (handler) => createServer(tls, handler),
    remove: () => { rmSync(directory, { recursive: true }); },
  };
}
