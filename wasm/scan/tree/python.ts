// Python files: what a configuration names is run by whoever trusts remote code; the rest is worth a note.

import { PYTHON_FILE, REPOSITORY_PYTHON } from '../../../build/generated/scan-rules';
import { newOutput } from '../../output';
import { accuse } from './report';
import { Row, rows } from './rows';

export function judgePython(): void {
  for (let i = 0; i < rows.count; i++) {
    const row = rows.at(i);
    if (row.type.is('directory') || !row.path.endsWith('.py')) continue;
    if (row.isNeeded || isGenerate(row)) {
      accuse(REPOSITORY_PYTHON, row, newOutput().put('Is run when the model is loaded with trust in remote code.'));
    } else {
      accuse(PYTHON_FILE, row, newOutput().put('Is Python code that no configuration names.'));
    }
  }
}

/** Where transformers looks for a repository's own way of generating. */
function isGenerate(row: Row): bool {
  return row.path.is('custom_generate/generate.py') || row.path.endsWith('/custom_generate/generate.py');
}
