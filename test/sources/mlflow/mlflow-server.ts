// An MLflow tracking server for tests: no registry that this project uses has the real one. It is
// strict about methods, parameters and credentials, words its failures as MLflow does, lists plain
// names, ignores ranges, and sends artifacts without a length, as Flask streams them.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { serve } from '../../net/local-server.ts';

export interface Version {
  /** MLflow's own default: `mlflow-artifacts:/1/run/artifacts/model`. */
  readonly source: string;
  stage?: string;
  status?: string;
}

export interface MlflowServer {
  readonly url: string;
  /** `METHOD path?query` of every request, with its Authorization where it had one. */
  readonly log: string[];
  readonly models: Map<string, { versions: Map<string, Version>; aliases: Map<string, string> }>;
  /** Path below the server's artifact root to content. */
  readonly artifacts: Map<string, Buffer>;
  readonly runs: Map<string, string>;
  readonly loggedModels: Map<string, string>;
  /** What Authorization has to be. */
  authorization?: string | undefined;
  /** Artifacts are announced with their length. */
  sendsLength: boolean;
  /** Answers in its own way what it returns true for. */
  override?: ((request: IncomingMessage, response: ServerResponse, url: URL) => boolean) | undefined;
}

export async function startMlflow(): Promise<MlflowServer> {
  const local = await serve((request, response) => { answer(request, response, server); });
  const server: MlflowServer = {
    url: local.url, log: [], sendsLength: false, models: new Map(), artifacts: new Map(),
    runs: new Map(), loggedModels: new Map(),
  };
  return server;
}

const API = '/api/2.0/mlflow/';
const ARTIFACTS = '/api/2.0/mlflow-artifacts/artifacts';

function answer(request: IncomingMessage, response: ServerResponse, server: MlflowServer): void {
  const url = new URL(request.url ?? '/', server.url);
  const { authorization } = request.headers;
  server.log.push([request.method, request.url, authorization].filter(Boolean).join(' '));
  if (server.override?.(request, response, url) === true) return;
  if (server.authorization !== undefined && authorization !== server.authorization) {
    response.writeHead(401, { 'www-authenticate': 'Basic realm="mlflow"' }).end('You are not authenticated.');
  } else if (url.pathname === ARTIFACTS) listFolder(url, response, server);
  else if (url.pathname.startsWith(`${ARTIFACTS}/`)) sendArtifact(url, response, server);
  else if (url.pathname.startsWith(API)) void callApi(request, url, response, server);
  else response.writeHead(404, { 'content-type': 'text/html' }).end('<!doctype html><title>404 Not Found</title>');
}

async function callApi(
  request: IncomingMessage, url: URL, response: ServerResponse, server: MlflowServer,
): Promise<void> {
  const call = `${request.method ?? ''} ${url.pathname.slice(API.length)}`;
  const body = (request.method === 'POST' ? JSON.parse(await textOf(request)) : {}) as { name?: string; stages?: string[] };
  const parameter = (name: string): string => url.searchParams.get(name) ?? '';
  const name = body.name ?? parameter('name');
  const model = server.models.get(name);
  const missing = (message: string): void => { fail(response, 404, 'RESOURCE_DOES_NOT_EXIST', message); };
  const proto = (number: string, version: Version): object => ({
    name, version: number, current_stage: version.stage ?? 'None', status: version.status ?? 'READY', source: version.source,
  });
  const version = model?.versions.get(parameter('version'));
  const id = /^GET logged-models\/(.*)$/.exec(call)?.[1];

  if (call === 'GET model-versions/get' || call === 'GET model-versions/get-download-uri') {
    if (version === undefined) missing(`Model Version (name=${name}, version=${parameter('version')}) not found`);
    else if (call.endsWith('uri')) send(response, { artifact_uri: version.source });
    else send(response, { model_version: proto(parameter('version'), version) });
  } else if (call === 'GET registered-models/alias') {
    const number = model?.aliases.get(parameter('alias')) ?? '';
    const target = model?.versions.get(number);
    const message = `Registered model alias ${parameter('alias')} not found.`;
    if (target === undefined) fail(response, 400, 'INVALID_PARAMETER_VALUE', message);
    else send(response, { model_version: proto(number, target) });
  } else if (call === 'POST registered-models/get-latest-versions') {
    if (model === undefined) missing(`Registered Model with name=${name} not found`);
    else send(response, latest(model.versions, body.stages ?? [], proto));
  } else if (call === 'GET registered-models/get') {
    if (model === undefined) missing(`Registered Model with name=${name} not found`);
    else {
      const aliases = [...model.aliases].map(([alias, number]) => ({ alias, version: number }));
      const { model_versions: versions } = latest(model.versions, [], proto);
      send(response, { registered_model: { name, aliases, latest_versions: versions } });
    }
  } else if (call === 'GET runs/get' && server.runs.has(parameter('run_id'))) {
    send(response, { run: { info: { run_id: parameter('run_id'), artifact_uri: server.runs.get(parameter('run_id')) } } });
  } else if (id !== undefined && server.loggedModels.has(id)) {
    send(response, { model: { info: { model_id: id, artifact_uri: server.loggedModels.get(id) } } });
  } else missing(`Nothing at ${call}`);
}

/** The newest version of each stage, as MLflow gives them. */
function latest(
  versions: Map<string, Version>,
  stages: readonly string[],
  proto: (number: string, version: Version) => object,
): { model_versions?: object[] } {
  const newest = new Map<string, [string, Version]>();
  for (const entry of versions) {
    const stage = entry[1].stage ?? 'None';
    const best = newest.get(stage);
    if (best === undefined || Number(entry[0]) > Number(best[0])) newest.set(stage, entry);
  }
  const wanted = [...newest].filter(([stage]) => stages.length === 0 || stages.includes(stage));
  // Protocol buffers leave out what is empty.
  const found = wanted.map(([, [number, version]]) => proto(number, version));
  return found.length === 0 ? {} : { model_versions: found };
}

function listFolder(url: URL, response: ServerResponse, { artifacts }: MlflowServer): void {
  const path = url.searchParams.get('path') ?? '';
  const prefix = path === '' ? '' : `${path}/`;
  const below = [...artifacts].filter(([name]) => name.startsWith(prefix));
  const names = new Map<string, object>();
  for (const [full, content] of below) {
    const [name = '', ...rest] = full.slice(prefix.length).split('/');
    const isFolder = rest.length > 0;
    const size = isFolder ? {} : { file_size: content.length };
    names.set(name, { path: name, is_dir: isFolder, ...size });
  }
  send(response, names.size === 0 ? {} : { files: [...names.values()] });
}

function sendArtifact(url: URL, response: ServerResponse, { artifacts, sendsLength }: MlflowServer): void {
  const content = artifacts.get(decodeURIComponent(url.pathname.slice(ARTIFACTS.length + 1)));
  if (content === undefined) fail(response, 404, 'RESOURCE_DOES_NOT_EXIST', 'No such artifact');
  else {
    const length = sendsLength ? { 'content-length': String(content.length) } : {};
    response.writeHead(200, { 'content-type': 'application/octet-stream', ...length });
    // In two pieces: with one, Node would announce the length by itself.
    response.write(content.subarray(0, 1));
    response.end(content.subarray(1));
  }
}

function send(response: ServerResponse, value: object): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

function fail(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ error_code: code, message }));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
