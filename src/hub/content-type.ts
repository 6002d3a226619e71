// The media type of a served file. Nothing that a browser would run or render as a page: what
// people read is plain text, the rest is bytes.

import { isLfsFile } from './lfs-rule.ts';

const TEXT_EXTENSIONS = new Set([
  ...['c', 'cfg', 'cpp', 'csv', 'gitattributes', 'gitignore', 'h', 'html', 'ini', 'jinja', 'js', 'jsonl'],
  ...['license', 'lock', 'md', 'nix', 'py', 'rst', 'sh', 'toml', 'ts', 'tsv', 'txt', 'xml', 'yaml', 'yml'],
]);

export function contentType({ path, size }: { path: string; size: number }): string {
  if (isLfsFile(path, size)) return 'application/octet-stream';
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const extension = name.slice(name.lastIndexOf('.') + 1);
  if (extension === 'json') return 'application/json; charset=utf-8';
  return TEXT_EXTENSIONS.has(extension) ? 'text/plain; charset=utf-8' : 'application/octet-stream';
}
