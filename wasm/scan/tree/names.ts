// Names that other file systems or readers take for other names.

import { TREE_NAME } from '../../../build/generated/scan-rules';
import { allocate } from '../../abi';
import { foldCase } from '../../case-fold';
import { newList, sortList } from '../../list';
import { newOutput } from '../../output';
import { checkPath } from '../../path-check';
import { begin, ok, problemSentence } from '../../problem';
import { compareBytes, Text } from '../../text';
import { accuse } from './report';
import { Row, rows } from './rows';

@unmanaged
class Folded {
  row: Row;
  key: Text;
}

export function judgeNames(): void {
  const folded = newList<Folded>();
  for (let i = 0; i < rows.count; i++) {
    const row = rows.at(i);
    // What a clone keeps for itself is no part of the model.
    if (row.path.is('.git') || row.path.startsWith('.git/')) continue;
    begin();
    checkPath(row.path);
    if (!ok()) accuse(TREE_NAME, row, problemSentence());
    const entry = changetype<Folded>(allocate(offsetof<Folded>()));
    entry.row = row;
    entry.key = foldCase(row.path);
    folded.push(entry);
  }
  begin();
  sortList<Folded>(folded, (a, b) => compareBytes(a.key, b.key));
  for (let i = 1; i < folded.count; i++) judgeNeighbours(folded.at(i - 1), folded.at(i));
}

function judgeNeighbours(a: Folded, b: Folded): void {
  if (compareBytes(a.key, b.key) != 0) return;
  accuse(TREE_NAME, b.row, newOutput().put('Differs only in case or in its accents from ').shown(a.row.path).byte(0x2e));
}
