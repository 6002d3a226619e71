// What the media types of artifacts say about names. Pure tables.

/** As Docker Model Runner names what it unpacks, so that llama.cpp finds the parts of a model. */
export const STANDARD_NAMES: ReadonlyMap<string, { readonly base: string; readonly extension: string }> =
  new Map([
    ['application/vnd.docker.ai.gguf.v3', { base: 'model', extension: '.gguf' }],
    ['application/vnd.docker.ai.safetensors', { base: 'model', extension: '.safetensors' }],
    ['application/vnd.docker.ai.dduf', { base: 'model', extension: '.dduf' }],
    ['application/vnd.docker.ai.mmproj', { base: 'model', extension: '.mmproj' }],
    ['application/vnd.docker.ai.chat.template.jinja', { base: 'template', extension: '.jinja' }],
    ['application/vnd.docker.ai.license', { base: 'LICENSE', extension: '' }],
  ]);

/** The first that fits; `.` and `+` separate what the types are made of. */
const EXTENSIONS: readonly (readonly [RegExp, string])[] = [
  [/\btar[.+]gzip$/, '.tar.gz'],
  [/\btar[.+]zstd$/, '.tar.zst'],
  [/\btar$/, '.tar'],
  [/[/+.]json$/, '.json'],
  [/\bgguf\b/, '.gguf'],
  [/\bsafetensors\b/, '.safetensors'],
  [/^text\/plain\b/, '.txt'],
];

/** With the dot; empty where the type says nothing about it. */
export function extensionOf(mediaType: string): string {
  return EXTENSIONS.find(([pattern]) => pattern.test(mediaType))?.[1] ?? '';
}

/**
 * Types that mean an archive wherever they stand. The general types of image layers are not among
 * them: ORAS gives them to any file whose type nobody has stated.
 */
export function isArchive(mediaType: string): boolean {
  const ofModels = /^application\/vnd\.(cncf\.model|cnai\.model|kitops\.modelkit|docker\.ai)\./;
  return ofModels.test(mediaType) && extensionOf(mediaType).startsWith('.tar');
}

/** A placeholder of two bytes, where a manifest must have something. */
export function isEmptyType(mediaType: string): boolean {
  return mediaType === 'application/vnd.oci.empty.v1+json';
}
