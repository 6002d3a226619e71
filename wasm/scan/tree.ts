// What only a whole directory shows: links that leave it, names that other systems take for others, files
// that a model needs and that are not there, Python beside a model. And the other way round: raw weights
// that a file beside them explains.
//
//   scantree(json)   rows  [{ "path", "type": "file" | "directory" | "symlink", "size", "target": the link's
//                             text, "format", "needs": [paths, from the directory of the file] }]
//                    reply [{ "path", "rule", "severity", "explanation", "remedy", "answers"? }]
//
// `format` and `needs` are those of a file's own report. `answers` names a rule: what that file's own report
// says by that rule is settled, and goes.

import { FORMAT_INVALID } from '../../build/generated/status';
import { parseJson } from '../json/value';
import { begin, finish, ok } from '../problem';
import { judgeLink } from './tree/links';
import { judgeNames } from './tree/names';
import { judgeNeeds } from './tree/needs';
import { judgePython } from './tree/python';
import { openReport, treeReport } from './tree/report';
import { readRows, rows } from './tree/rows';
import { judgeWeights } from './tree/weights';

export function scantree(ptr: usize, len: usize): usize {
  begin();
  readRows(parseJson(ptr, len, FORMAT_INVALID));
  openReport();
  if (!ok()) return finish(treeReport());
  judgeNames();
  for (let i = 0; i < rows.count; i++) judgeLink(rows.at(i));
  judgeNeeds();
  judgePython();
  judgeWeights();
  return finish(treeReport());
}
