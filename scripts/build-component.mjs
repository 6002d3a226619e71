// Makes build/component: the WASM core as a component (wasm/wit/core.wit) and the JavaScript by which
// any program imports it. Called by scripts/build.mjs. The jco command cannot embed a WIT file in a
// core module, its API can.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { componentEmbed, componentNew, transpile } from '@bytecodealliance/jco';

const DIRECTORY = 'build/component';

export async function buildComponent() {
  const witSource = readFileSync('wasm/wit/core.wit', 'utf8');
  const binary = readFileSync('build/js/core.scalar.wasm');
  checkPosts(witSource, binary);
  const embedded = await componentEmbed({ binary, witSource, worldName: 'core', stringEncoding: 'utf8' });
  const component = await componentNew(embedded, []);
  const { files } = await transpile(component, { name: 'core' });
  write('core.component.wasm', component);
  for (const [name, content] of Object.entries(files)) write(name, content);
}

/** Without its `cabi_post_…` an export would never give its memory back. */
function checkPosts(wit, binary) {
  const names = new Set(WebAssembly.Module.exports(new WebAssembly.Module(binary)).map(({ name }) => name));
  for (const [, name] of wit.matchAll(/export (\w+): func/g)) {
    for (const wanted of [name, `cabi_post_${name}`]) {
      if (!names.has(wanted)) throw new Error(`wasm/wit/core.wit: wasm/index.ts does not export ${wanted}`);
    }
  }
}

function write(name, content) {
  const path = join(DIRECTORY, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
