import { describe, expect, it } from 'vitest';
import type { Descriptor } from '../../../src/sources/distribution/manifest.ts';
import { filesOf } from '../../../src/sources/oci/layout.ts';

const FILEPATH = 'org.cncf.model.filepath';
const TITLE = 'org.opencontainers.image.title';
const UNPACK = 'io.deis.oras.content.unpack';

let serial = 0;
function blob(mediaType: string, annotations: Record<string, string> = {}): Descriptor {
  const digest = `sha256:${(++serial).toString(16).padStart(64, '0')}`;
  return { mediaType, annotations, digest, size: serial };
}
const hex = ({ digest }: Descriptor): string => digest.slice(7);
const pathsOf = (layers: Descriptor[], config?: Descriptor): string[] =>
  filesOf({ kind: 'artifact', config, layers }, 'oci:r/x:v1').map(({ path }) => path);

describe('the files of an artifact', () => {
  it('have the size and the digest of their blobs', () => {
    const layer = blob('text/plain', { [TITLE]: 'a.txt' });
    expect(filesOf({ kind: 'artifact', config: undefined, layers: [layer] }, 's')).toEqual([
      { path: 'a.txt', size: layer.size, sha256: hex(layer) },
    ]);
  });

  it.each([
    ['a ModelPack file', 'application/vnd.cncf.model.weight.v1.raw', { [FILEPATH]: 'sub/a.safetensors' }, 'sub/a.safetensors'],
    ['a ModelPack file with both names', 'x/y', { [TITLE]: 'title', [FILEPATH]: 'path' }, 'path'],
    ['a packed ModelPack folder', 'application/vnd.cncf.model.code.v1.tar', { [FILEPATH]: 'src' }, 'src.tar'],
    ['a packed folder, gzipped', 'application/vnd.cncf.model.doc.v1.tar+gzip', { [FILEPATH]: 'doc' }, 'doc.tar.gz'],
    ['an archive that says so', 'application/vnd.kitops.modelkit.code.v1.tar', { [TITLE]: 'code.tar' }, 'code.tar'],
    ['a file of ORAS of no stated type', 'application/vnd.oci.image.layer.v1.tar', { [TITLE]: 'a.bin' }, 'a.bin'],
    ['a folder of ORAS', 'application/vnd.oci.image.layer.v1.tar+gzip', { [TITLE]: 'dir', [UNPACK]: 'true' }, 'dir.tar.gz'],
    ['a model of Docker', 'application/vnd.docker.ai.gguf.v3', {}, 'model.gguf'],
    ['its license', 'application/vnd.docker.ai.license', {}, 'LICENSE'],
    ['its projector', 'application/vnd.docker.ai.mmproj', {}, 'model.mmproj'],
    ['its template', 'application/vnd.docker.ai.chat.template.jinja', {}, 'template.jinja'],
  ])('%s', (_, mediaType, annotations, path) => {
    expect(pathsOf([blob(mediaType, annotations)])).toEqual([path]);
  });

  it.each([
    ['application/vnd.oci.image.layer.v1.tar', '.tar'],
    ['application/vnd.oci.image.layer.v1.tar+gzip', '.tar.gz'],
    ['application/vnd.oci.image.layer.v1.tar+zstd', '.tar.zst'],
    ['application/vnd.docker.image.rootfs.diff.tar.gzip', '.tar.gz'],
    ['application/vnd.kitops.modelkit.model.v1.tar', '.tar'],
    ['application/vnd.docker.ai.dir.tar', '.tar'],
    ['application/vnd.something+json', '.json'],
    ['application/json', '.json'],
    ['text/plain', '.txt'],
    ['constructor', ''],
    ['', ''],
  ])('have their digest for a name where they have no other: %s', (mediaType, extension) => {
    const layer = blob(mediaType);
    expect(pathsOf([layer])).toEqual([`layers/${hex(layer)}${extension}`]);
  });

  it('are numbered where a model has parts, in the order of the manifest', () => {
    const part = (): Descriptor => blob('application/vnd.docker.ai.gguf.v3');
    const named = blob('application/vnd.docker.ai.gguf.v3', { [FILEPATH]: 'draft.gguf' });
    expect(pathsOf([part(), named, part()])).toEqual([
      'model-00001-of-00002.gguf',
      'draft.gguf',
      'model-00002-of-00002.gguf',
    ]);
  });

  it('include the config, and no placeholder', () => {
    const empty = blob('application/vnd.oci.empty.v1+json');
    const layer = blob('text/plain', { [TITLE]: 'a' });
    const json = blob('application/vnd.cncf.model.config.v1+json');
    expect(pathsOf([layer], json)).toEqual(['.oci/config.json', 'a']);
    expect(pathsOf([layer], blob('application/octet-stream'))).toEqual(['.oci/config', 'a']);
    expect(pathsOf([layer, empty], empty)).toEqual(['a']);
    expect(() => pathsOf([empty], json)).toThrow('no layers');
  });

  it('are one where a layer is listed twice', () => {
    const layer = blob('text/plain', { [TITLE]: 'a' });
    expect(pathsOf([layer, layer])).toEqual(['a']);
  });
});
