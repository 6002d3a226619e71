// Files that others say they read: they have to be there. Raw data that an ONNX model reads is explained by it.

import { RAW_WEIGHTS, TREE_MISSING, UNKNOWN_FORMAT } from '../../../build/generated/scan-rules';
import { keyOf, STRING } from '../../json/value';
import { newOutput } from '../../output';
import { Text } from '../../text';
import { accuse, answer } from './report';
import { directoryOf, exists, findRow, resolve, Row, rows } from './rows';

export function judgeNeeds(): void {
  for (let i = 0; i < rows.count; i++) {
    const row = rows.at(i), needs = row.needs;
    if (needs === null) continue;
    for (let j = 0; j < needs.count; j++) {
      if (needs.child(j).kind == STRING) judgeNeed(row, needs.child(j));
    }
  }
}

function judgeNeed(row: Row, need: Text): void {
  const path = resolve(directoryOf(row.path), need);
  const isCode = need.endsWith('.py');
  if (path === null || need.size == 0 || need.at(0) == 0x2f || !exists(path)) {
    // Code is fetched by its loader, which the configuration's own finding warns of.
    if (!isCode) accuse(TREE_MISSING, row, newOutput().put('Reads a file that is not in the directory: ').shown(need));
    return;
  }
  const found = findRow(path);
  if (found === null) return;
  if (isCode) found.isNeeded = true;
  else if (found.format.is('unknown')) {
    answer(RAW_WEIGHTS, found, newOutput().put('Holds the raw weights of ').shown(row.path).byte(0x2e), UNKNOWN_FORMAT);
  }
}
