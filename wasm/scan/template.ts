// A chat template in a file of its own (chat_template.jinja, additional_chat_templates/*.jinja).

import { TEMPLATE_BROKEN } from '../../build/generated/scan-rules';
import { textAt } from '../text';
import { reportPlain } from './findings';
import { judgeTemplate } from './jinja/judge';
import { DONE, MORE, Task } from './task';
import { whole, wholeAt } from './whole';

/** Bytes: more than the judge looks at. */
const MAX_FILE_BYTES: u64 = 4 * 1024 * 1024;

export function stepTemplate(task: Task): u32 {
  if (task.left > MAX_FILE_BYTES) {
    reportPlain(TEMPLATE_BROKEN, task, task.pos, 'The template is longer than 4 MiB.');
    return DONE;
  }
  const size = <usize>task.left;
  if (!whole(task, size)) return task.ended ? DONE : MORE;
  judgeTemplate(task, task.pos, textAt(wholeAt, size));
  return DONE;
}
