// What the media types of artifacts say about names. Pure tables.

/** File name, extension: as Docker Model Runner names what it unpacks, and llama.cpp finds shards. */
export const STANDARD_NAMES: Readonly<Record<string, readonly [string, string] | undefined>> = {
  'application/vnd.docker.ai.gguf.v3': ['model', '.gguf'],
  'application/vnd.docker.ai.safetensors': ['model', '.safetensors'],
  'application/vnd.docker.ai.dduf': ['model', '.dduf'],
  'application/vnd.docker.ai.mmproj': ['model', '.mmproj'],
  'application/vnd.docker.ai.chat.template.jinja': ['template', '.jinja'],
  'application/vnd.docker.ai.license': ['LICENSE', ''],
};

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
