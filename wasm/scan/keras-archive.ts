// A zip that Keras loads: config.json beside what Keras writes with it, or in a file named like one.

import { namedLikeKeras } from './file-name';
import { endsFolded } from './path';
import { Task } from './task';

/** A content's `mode`: the configuration, whatever it looks like. */
export const KERAS: u32 = 8;

/** Bits of what a zip has. */
const CONFIG: u32 = 1;
const COMPANION: u32 = 2;

export function noteKeras(name: usize, size: usize): u32 {
  if (isKerasConfigName(name, size)) return CONFIG;
  const beside = endsFolded(name, size, 'metadata.json') || endsFolded(name, size, 'model.weights.h5') || endsFolded(name, size, 'model.weights.npz');
  return beside ? COMPANION : 0;
}

/** In any case of its letters, and in the zip's own root. */
export function isKerasConfigName(name: usize, size: usize): bool {
  return size == 11 && endsFolded(name, size, 'config.json');
}

export function isKeras(seen: u32, task: Task): bool {
  return seen == (CONFIG | COMPANION) || (seen == CONFIG && namedLikeKeras(task.name, task.nameSize));
}
