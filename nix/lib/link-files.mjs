// The builder of a model whose files are store paths of their own: makes $out a tree of symlinks.
// Run by Node.js inside a build (linkFiles.nix). It stands apart from the command line on purpose:
// a new release of that must not change the store path of every locked model.
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

const { out, linksPath } = process.env;
for (const [path, target] of Object.entries(JSON.parse(readFileSync(linksPath, 'utf8')))) {
  const link = join(out, path);
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(target, link);
}
