// Specs in every form, what they normalise to and how bad ones fail: one table that the tests of the
// parser and of the JSON Schema share.

export const HASH = 'sha256-LCa0a2j/xo/5m0U8HTBBNBNCLXBkg7+g+YpeiGJm564=';
export const HEX = '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae';
export const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const SOURCE = { huggingface: { repo: 'org/name', revision: 'main', repoType: 'model' } };
const ALL = { include: [], exclude: [] };

export const lockEntry = {
  source: SOURCE,
  revision: COMMIT,
  totalSize: 5,
  contents: [
    { path: 'a.json', size: 2, sha256: HEX },
    { path: 'b/c.safetensors', size: 3, sha256: HEX },
  ],
};
export const lockFile = { version: 1, models: { name: lockEntry, other: { ...lockEntry, revision: 'x' } } };

const plain = { name: 'name', source: SOURCE, files: ALL, lazy: false };
const hf = (huggingface: object): object => ({ source: { huggingface } });
const url = (value: unknown): object => ({ source: { url: value } });
const oneUrl = (file: object, more: object = {}): object => ({
  name: 'm.bin', source: { url: { urls: [{ urls: ['https://e.org/m.bin'], path: 'm.bin', ...file }] } }, files: ALL, ...more, lazy: false,
});
const pinned = { fileHashes: { 'm.bin': HASH } };

/** What it shows, the input, the normalised spec. */
export const GOOD: readonly (readonly [string, object, object])[] = [
  ['a tagged source', hf({ repo: 'org/name' }), plain],
  ['a flat source', { source: { source: 'huggingface', repo: 'org/name' } }, plain],
  ['nixpkgs\' names', hf({ repoId: 'org/name', rev: 'main', repoType: 'model' }), plain],
  ['a tag', hf({ repo: 'org/name', tag: 'v1' }), { ...plain, source: { huggingface: { ...SOURCE.huggingface, revision: 'v1' } } }],
  ['a short form', { source: 'huggingface:org/name' }, plain],
  ['a short form with a revision', { source: 'hf:org/name@refs/pr/3' }, { ...plain, source: { huggingface: { ...SOURCE.huggingface, revision: 'refs/pr/3' } } }],
  ['a short form of a dataset', { source: 'hf:datasets/org/name' }, { ...plain, source: { huggingface: { ...SOURCE.huggingface, repoType: 'dataset' } } }],
  ['a short form of a space', { source: 'hf:spaces/org/name@main' }, { ...plain, source: { huggingface: { ...SOURCE.huggingface, repoType: 'space' } } }],
  ['a repository without an organisation', { source: 'hf:gpt2' }, { ...plain, name: 'gpt2', source: { huggingface: { ...SOURCE.huggingface, repo: 'gpt2' } } }],
  ['an endpoint', hf({ repo: 'org/name', endpoint: 'http://localhost:1/hub//' }), { ...plain, source: { huggingface: { ...SOURCE.huggingface, endpoint: 'http://localhost:1/hub' } } }],
  ['nulls, which mean nothing', { ...hf({ repo: 'org/name', revision: null, tag: null }), hash: null, lock: null, files: null, name: null, quantize: null }, plain],
  ['an empty hash, which is none', { ...hf({ repo: 'org/name' }), hash: '' }, plain],
  ['a name', { ...hf({ repo: 'org/name' }), name: 'my-model_1.0' }, { ...plain, name: 'my-model_1.0' }],
  ['a repository whose name is no store name', hf({ repo: 'org/.dotted' }), { ...plain, name: 'dotted', source: { huggingface: { ...SOURCE.huggingface, repo: 'org/.dotted' } } }],
  ['version, meta and lazy', { ...hf({ repo: 'org/name' }), version: '1', meta: { description: 'd "q"', n: [1, 2.50, true, null] }, lazy: true }, { ...plain, version: '1', meta: { description: 'd "q"', n: [1, 2.5, true, null] }, lazy: true }],
  ['a list of patterns', { ...hf({ repo: 'org/name' }), files: ['*.json', '!b*', 'c'] }, { ...plain, files: { include: ['*.json', 'c'], exclude: ['b*'] } }],
  ['two lists of patterns', { ...hf({ repo: 'org/name' }), files: { include: ['*.json'], exclude: ['b*'] } }, { ...plain, files: { include: ['*.json'], exclude: ['b*'] } }],
  ['patterns in the source', hf({ repo: 'org/name', files: ['*.json'] }), { ...plain, files: { include: ['*.json'], exclude: [] } }],
  ['an SRI hash', { ...hf({ repo: 'org/name' }), hash: HASH }, { ...plain, hash: HASH }],
  ['a hexadecimal hash', { ...hf({ repo: 'org/name' }), hash: HEX }, { ...plain, hash: HASH }],
  ['a prefixed hexadecimal hash', { ...hf({ repo: 'org/name' }), hash: `sha256:${HEX}` }, { ...plain, hash: HASH }],
  ['file hashes, sorted', { ...hf({ repo: 'org/name' }), fileHashes: { 'b/c.bin': HEX, 'a.json': HASH } }, { ...plain, fileHashes: { 'a.json': HASH, 'b/c.bin': HASH } }],
  ['a URL as short form', { source: 'https://e.org/m.bin' }, oneUrl({})],
  ['a URL', url('https://e.org/m.bin'), oneUrl({})],
  ['a list with a URL', url(['https://e.org/m.bin']), oneUrl({})],
  ['a set with a URL', url({ url: 'https://e.org/m.bin' }), oneUrl({})],
  ['a set with URLs', url({ urls: ['https://e.org/m.bin'] }), oneUrl({})],
  ['a flat URL', { source: { source: 'url', url: 'https://e.org/m.bin' } }, oneUrl({})],
  ['the requirements\' flat URLs', { source: { source: 'url', urls: [{ url: 'https://e.org/m.bin', sha256: HEX }] } }, oneUrl({ hash: HASH }, pinned)],
  ['a URL with a hash', url({ url: 'https://e.org/m.bin', hash: HASH }), oneUrl({ hash: HASH }, pinned)],
  ['a URL with a hash under a tree hash', { ...url({ url: 'https://e.org/m.bin', hash: HASH }), hash: HASH }, oneUrl({ hash: HASH }, { hash: HASH })],
  ['a URL with a query and escapes', url('https://e.org/x%20y/m%2ebin?download=true#f'), { ...oneUrl({}), source: { url: { urls: [{ urls: ['https://e.org/x%20y/m%2ebin?download=true#f'], path: 'm.bin' }] } } }],
  ['mirrors and a path', url({ urls: [{ urls: ['https://e.org/1', 'http://f.org/2'], path: 'd/m.bin' }] }), { ...oneUrl({}), source: { url: { urls: [{ urls: ['https://e.org/1', 'http://f.org/2'], path: 'd/m.bin' }] } } }],
  ['several URLs with a name', { ...url(['https://e.org/a', { url: 'https://e.org/b', name: 'c' }]), name: 'x' }, { name: 'x', source: { url: { urls: [{ urls: ['https://e.org/a'], path: 'a' }, { urls: ['https://e.org/b'], path: 'c' }] } }, files: ALL, lazy: false }],
  ['a lock file, by name', { lock: lockFile, name: 'name' }, { ...plain, lock: lockEntry }],
  ['a lock file, by the source', { lock: lockFile, source: 'hf:org/name' }, { ...plain, lock: lockEntry }],
  ['a lock file with one model', { lock: { version: 1, models: { m: lockEntry } } }, { ...plain, name: 'm', lock: lockEntry }],
  ['a lock entry', { lock: lockEntry }, { ...plain, lock: lockEntry }],
  ['a lock and its commit as revision', { lock: lockEntry, ...hf({ repo: 'org/name', revision: COMMIT }) }, { ...plain, source: { huggingface: { ...SOURCE.huggingface, revision: COMMIT } }, lock: lockEntry }],
  ['a lock that was made with patterns', { lock: { ...lockEntry, files: { include: ['*'], exclude: [] } } }, { ...plain, files: { include: ['*'], exclude: [] }, lock: { ...lockEntry, files: { include: ['*'], exclude: [] } } }],
];

/** What it shows, the input, the code, a part of the message, whether the schema sees it too. */
export const BAD: readonly (readonly [string, unknown, string, string, 'schema' | 'parser'])[] = [
  ['no set', 3, 'SPEC_INVALID', 'must be an attribute set', 'schema'],
  ['nothing', {}, 'SPEC_INVALID', 'lacks `source`', 'parser'],
  ['an unknown attribute', { ...hf({ repo: 'a/b' }), hsah: HASH }, 'SPEC_UNKNOWN_ATTRIBUTE', 'did you mean `hash`', 'schema'],
  ['an unknown attribute in the source', hf({ repo: 'a/b', revison: 'x' }), 'SPEC_UNKNOWN_ATTRIBUTE', '`source.huggingface.revison`; did you mean `revision`', 'schema'],
  ['an attribute of the source at the top', { ...hf({ repo: 'a/b' }), repoType: 'model' }, 'SPEC_UNKNOWN_ATTRIBUTE', 'belongs in `source.huggingface`', 'schema'],
  ['nixpkgs\' sha256 at the top', { ...hf({ repo: 'a/b' }), sha256: HEX }, 'SPEC_UNKNOWN_ATTRIBUTE', 'did you mean `hash`', 'schema'],
  ['what a later version supports', { ...hf({ repo: 'a/b' }), quantize: {} }, 'SPEC_INVALID', '`quantize` is not supported by this version', 'schema'],
  ['a number as name', { ...hf({ repo: 'a/b' }), name: 3 }, 'SPEC_INVALID', '`name` must be a text', 'schema'],
  ['a name that is none', { ...hf({ repo: 'a/b' }), name: 'a b' }, 'NAME_INVALID', 'a b', 'schema'],
  ['no repository', hf({}), 'SPEC_INVALID', '`source.huggingface` lacks `repo`', 'schema'],
  ['a repository in three parts', hf({ repo: 'datasets/a/b' }), 'SPEC_INVALID', 'repository', 'schema'],
  ['a repository with an address', hf({ repo: 'https://huggingface.co/a/b' }), 'SPEC_INVALID', 'repository', 'schema'],
  ['an empty short form', { source: 'hf:' }, 'SPEC_INVALID', 'repository', 'schema'],
  ['an empty revision', { source: 'hf:a/b@' }, 'SPEC_INVALID', 'revision', 'parser'],
  ['a revision with a blank', hf({ repo: 'a/b', revision: 'a b' }), 'SPEC_INVALID', 'revision', 'parser'],
  ['a revision that climbs', hf({ repo: 'a/b', revision: 'x/../y' }), 'SPEC_INVALID', 'revision', 'parser'],
  ['a revision twice', hf({ repo: 'a/b', rev: 'x', tag: 'y' }), 'SPEC_INVALID', 'mean the same', 'parser'],
  ['an unknown type of repository', hf({ repo: 'a/b', repoType: 'kernel' }), 'SPEC_INVALID', 'repoType', 'schema'],
  ['an endpoint without a scheme', hf({ repo: 'a/b', endpoint: 'hub.org' }), 'SPEC_INVALID', 'Not a URL', 'schema'],
  ['an unknown kind', { source: { huggingfase: { repo: 'a/b' } } }, 'SPEC_INVALID', 'did you mean `huggingface`', 'schema'],
  ['an unknown flat kind', { source: { source: 'torrent', model: 'x' } }, 'SPEC_INVALID', 'Unknown kind of source: `torrent`', 'schema'],
  ['an unknown short form', { source: 'torrent:llama2' }, 'SPEC_INVALID', 'no short form', 'schema'],
  ['two kinds', { source: { huggingface: { repo: 'a/b' }, url: 'https://e.org/x' } }, 'SPEC_INVALID', 'several kinds', 'schema'],
  ['an empty source', { source: {} }, 'SPEC_INVALID', 'is empty', 'schema'],
  ['a list as source', { source: [] }, 'SPEC_INVALID', '`source` must be', 'schema'],
  ['patterns in two places', { ...hf({ repo: 'a/b', files: ['x'] }), files: ['y'] }, 'SPEC_INVALID', 'both given', 'parser'],
  ['patterns that are no list', { ...hf({ repo: 'a/b' }), files: '*.json' }, 'SPEC_INVALID', '`files` must be a list', 'schema'],
  ['a number as pattern', { ...hf({ repo: 'a/b' }), files: ['a', 1] }, 'SPEC_INVALID', '`files[1]` must be a text', 'schema'],
  ['a malformed pattern', { ...hf({ repo: 'a/b' }), files: ['[a'] }, 'SPEC_INVALID', 'without its `]`', 'parser'],
  ['an exclusion of nothing', { ...hf({ repo: 'a/b' }), files: ['!'] }, 'SPEC_INVALID', 'is empty', 'parser'],
  ['a hash that is none', { ...hf({ repo: 'a/b' }), hash: 'sha256-x' }, 'ENCODING_INVALID', '`hash` is no sha256', 'parser'],
  ['a file hash that is none', { ...hf({ repo: 'a/b' }), fileHashes: { 'a.bin': 'md5-x' } }, 'ENCODING_INVALID', '`fileHashes."a.bin"`', 'parser'],
  ['no file hashes', { ...hf({ repo: 'a/b' }), fileHashes: {} }, 'SPEC_INVALID', 'pins no file', 'schema'],
  ['a file hash left empty', { ...hf({ repo: 'a/b' }), fileHashes: { a: '' } }, 'SPEC_INVALID', 'has no hash', 'parser'],
  ['a hostile path', { ...hf({ repo: 'a/b' }), fileHashes: { '../a': HASH } }, 'HOSTILE_NAME', '".."', 'parser'],
  ['two pins', { ...hf({ repo: 'a/b' }), hash: HASH, fileHashes: { a: HASH } }, 'SPEC_INVALID', 'exclude each other', 'parser'],
  ['a pin beside a lock', { lock: lockEntry, hash: HASH }, 'SPEC_INVALID', 'exclude each other', 'parser'],
  ['no text as URL', url(3), 'SPEC_INVALID', '`source.url` must be', 'schema'],
  ['a URL with another scheme', url('ftp://e.org/x'), 'SPEC_INVALID', 'Not a URL', 'schema'],
  ['a URL without a host', url('https:///x'), 'SPEC_INVALID', 'Not a URL', 'parser'],
  ['a URL with a password', url('https://user:secret@e.org/x'), 'SPEC_INVALID', 'password', 'parser'],
  ['a URL without a file name', url('https://e.org/'), 'SPEC_INVALID', 'names no file', 'parser'],
  ['a URL that hides a folder', url('https://e.org/..%2fx'), 'SPEC_INVALID', 'names no file', 'parser'],
  ['a URL that climbs', url('https://e.org/a/%2e%2e'), 'HOSTILE_NAME', '".."', 'parser'],
  ['no URLs', url([]), 'SPEC_INVALID', 'is empty', 'schema'],
  ['a file without a URL', { ...url([{ path: 'x' }]), name: 'x' }, 'SPEC_INVALID', '`source.url[0]` lacks `url`', 'parser'],
  ['a file with url and urls', url([{ url: 'https://e.org/a', urls: ['https://e.org/a'] }]), 'SPEC_INVALID', 'keep one', 'parser'],
  ['a hash beside a list of files', { ...url({ urls: ['https://e.org/a'], hash: HASH }), name: 'x' }, 'SPEC_INVALID', 'belong in its elements', 'parser'],
  ['a hash under the wrong name', url({ url: 'https://e.org/a', sha512: HASH }), 'SPEC_INVALID', 'another algorithm', 'parser'],
  ['two URLs for one path', { ...url(['https://e.org/a', 'https://f.org/a']), name: 'x' }, 'HOSTILE_NAME', 'twice', 'parser'],
  ['several URLs without a name', url(['https://e.org/a', 'https://f.org/b']), 'SPEC_INVALID', 'lacks `name`', 'parser'],
  ['hashes that contradict', { ...url({ url: 'https://e.org/a', hash: HASH }), fileHashes: { a: 'f'.repeat(64) } }, 'SPEC_INVALID', 'different hashes', 'parser'],
  ['the name of a lock file', { lock: './models.lock.json' }, 'LOCK_INVALID', 'not its name', 'schema'],
  ['no lock', { lock: { a: 1 } }, 'LOCK_INVALID', 'neither a lock file nor an entry', 'schema'],
  ['a lock of another version', { lock: { ...lockFile, version: 2 } }, 'LOCK_INVALID', 'unknown version', 'schema'],
  ['a lock without the model', { lock: lockFile, name: 'nmae' }, 'LOCK_MISSING_MODEL', '"nmae"', 'parser'],
  ['a lock with several models', { lock: lockFile }, 'LOCK_MISSING_MODEL', '`name` must say which', 'parser'],
  ['a lock entry without files', { lock: { ...lockEntry, contents: [] } }, 'LOCK_INVALID', 'no files', 'parser'],
  ['a lock entry without a source', { lock: { contents: lockEntry.contents } }, 'LOCK_INVALID', 'lacks `source`', 'schema'],
  ['a locked file with a negative size', { lock: { ...lockEntry, contents: [{ path: 'a', size: -1, sha256: HEX }] } }, 'LOCK_INVALID', '`lock.contents[0].size`', 'schema'],
  ['a locked file without a size', { lock: { ...lockEntry, contents: [{ path: 'a', sha256: HEX }] } }, 'LOCK_INVALID', 'lacks `size`', 'schema'],
  ['a locked file with half a hash', { lock: { ...lockEntry, contents: [{ path: 'a', size: 1, sha256: 'ab' }] } }, 'LOCK_INVALID', 'sha256', 'schema'],
  ['a hostile path in a lock', { lock: { ...lockEntry, contents: [{ path: '/a', size: 5, sha256: HEX }] } }, 'HOSTILE_NAME', 'absolute', 'parser'],
  ['a total that does not fit', { lock: { ...lockEntry, totalSize: 6 } }, 'LOCK_INVALID', 'totalSize', 'parser'],
  ['a lock of another repository', { lock: lockEntry, ...hf({ repo: 'org/other' }) }, 'LOCK_STALE', 'another source', 'parser'],
  ['a lock of another revision', { lock: lockEntry, ...hf({ repo: 'org/name', revision: 'v2' }) }, 'LOCK_STALE', 'another revision', 'parser'],
  ['a lock made with other patterns', { lock: { ...lockEntry, files: ['*.json'] }, files: ['*'] }, 'LOCK_STALE', 'other `files`', 'parser'],
];
