// Whether a pickle lies in a torch checkpoint, which alone may use persistent ids.

import { ZIP } from './format-ids';
import { parentOf, Task, taskAt } from './task';

/** A zip task keeps here, in its state, the hash of `<root>/data/`: 0 while it is no checkpoint. */
export function torchRoot(task: Task): u64 {
  let at = task;
  while (at.format != ZIP && changetype<usize>(at) != changetype<usize>(taskAt(0))) at = parentOf(at);
  return at.format == ZIP ? load<u64>(at.state) : 0;
}
