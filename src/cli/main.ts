// The command line: the table of commands, and what an error does to the exit status. The commands
// themselves are in commands/, one file each.

import { CommanderError } from 'commander';
import { ModelError, toModelError } from '../base/errors.ts';
import { createProgram } from './program.ts';
import { printError } from './report.ts';
import type { Output } from './report.ts';

const output: Output = {
  json: process.argv.includes('--json'),
  stdout: process.stdout,
  stderr: process.stderr,
};

// A reader that has seen enough (`| head`) is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  process.exitCode = 0;
  await createProgram(output).parseAsync();
} catch (thrown) {
  if (thrown instanceof CommanderError) reportUsage(thrown);
  else {
    const error = toModelError(thrown);
    printError(output, error);
    process.exitCode = error.exitStatus;
  }
}

/** Commander has printed its own message already, unless JSON is wanted. */
function reportUsage(error: CommanderError): void {
  if (error.exitCode === 0) return;
  const usage = new ModelError('USAGE', error.message.replace(/^error: /, ''));
  if (output.json) printError(output, usage);
  process.exitCode = usage.exitStatus;
}
