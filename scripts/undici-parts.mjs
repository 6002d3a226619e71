// What the bundle has of undici: all of it would be twice as much to load, and nothing here uses
// fetch, caches or WebSockets. src/net/dispatcher.ts names what must be here (build-bundle.mjs).

import buildConnector from 'undici/lib/core/connect.js';
import EnvHttpProxyAgent from 'undici/lib/dispatcher/env-http-proxy-agent.js';

export default { buildConnector, EnvHttpProxyAgent };
