// Whether a pickle lies in a torch checkpoint, which alone may use persistent ids.

import { ZIP } from './format-ids';
import { parentOf, Task, taskAt } from './task';

/** A zip task keeps here, in its state, the hash of `<root>/data/`: 0 while it is no checkpoint. */
export function torchRoot(task: Task): u64 {
  const zip = zipAround(task);
  return zip.format == ZIP ? load<u64>(zip.state) : 0;
}

/** And behind that whether it has constants, which torch.load takes for TorchScript and gives to its own loader. */
export function isTorchScript(task: Task): bool {
  const zip = zipAround(task);
  return zip.format == ZIP && load<u64>(zip.state) != 0 && load<u32>(zip.state, 8) != 0;
}

function zipAround(task: Task): Task {
  let at = task;
  while (at.format != ZIP && changetype<usize>(at) != changetype<usize>(taskAt(0))) at = parentOf(at);
  return at;
}
