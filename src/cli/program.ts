// The table of commands and options, apart from what they do. Commands are loaded when they run,
// so that `--help` and `path` do not pay for the hub or the network.

import { Command, InvalidArgumentError, Option } from 'commander';
import { ModelError } from '../base/errors.ts';
import { silent } from '../base/progress.ts';
import { VERSION } from '../base/version.ts';
import { DEFAULT_CONNECTIONS, withContext } from './context.ts';
import type { GlobalOptions } from './context.ts';
import { DEFAULT_LOCK } from './model-arguments.ts';
import type { FetchOptions } from './commands/fetch.ts';
import type { InspectOptions } from './commands/inspect.ts';
import type { LockOptions } from './commands/lock.ts';
import type { ScanOptions } from './commands/scan.ts';
import type { ServeOptions } from './commands/serve.ts';
import type { ToNixOptions } from './commands/to-nix.ts';
import type { VerifyOptions } from './commands/verify.ts';
import type { ModelOptions } from './model-arguments.ts';
import type { Output } from './report.ts';

const MODELS = 'a name in the lock file, or a source such as huggingface:org/name@revision';

export function createProgram(output: Output): Command {
  const program = new Command('nix-ai-model')
    .description('AI/ML models as reproducible, cacheable, checked Nix store objects')
    .version(VERSION)
    .exitOverride()
    .showHelpAfterError('(add --help for the options)')
    .configureOutput({
      writeOut: (text) => void output.stdout.write(text),
      writeErr: (text) => {
        if (!output.json) output.stderr.write(text);
      },
    })
    .addHelpText('after', `\nExit status: docs/cli.md lists them (0 done, 2 usage, 3 verification, 4 access, …).`);

  network(program.command('lock'))
    .description('pin every file of a model in the lock file, without downloading weights')
    .argument('[models...]', '[NAME=]SOURCE, or a name in the lock file; none: all of them')
    .addOption(lockOption())
    .addOption(includeOption())
    .addOption(excludeOption())
    .option('--name <name>', 'name of the model (default: from the source)')
    .option('--check', 'write nothing; fail where the lock file is out of date')
    .action(async (models: string[], options: GlobalOptions & LockOptions) => {
      const { lockCommand } = await import('./commands/lock.ts');
      await withContext(options, (context) => lockCommand(models, options, context, output));
    });

  modelOptions(network(program.command('fetch')))
    .description('put pinned models into the Nix store and print their paths')
    .argument('[models...]', `${MODELS}; none: every model of the lock file`)
    .option('--out-link <path>', 'make a symlink that also keeps the model from garbage collection')
    .addOption(securityOption())
    .action(async (models: string[], options: GlobalOptions & FetchOptions) => {
      const { fetchCommand } = await import('./commands/fetch.ts');
      await withContext(options, (context) => fetchCommand(models, options, context, output));
    });

  network(program.command('prefetch'))
    .description('download a model that is not pinned yet and print the expression that pins it')
    .argument('<source>', 'a source such as huggingface:org/name@revision or https://…')
    .option('--name <name>', 'name of the model (default: from the source)')
    .addOption(includeOption())
    .addOption(excludeOption())
    .addOption(securityOption())
    .action(async (source: string, options: GlobalOptions & Omit<ModelOptions, 'lock'>) => {
      const { prefetchCommand } = await import('./commands/prefetch.ts');
      await withContext(options, (context) => prefetchCommand(source, options, context, output));
    });

  modelOptions(common(program.command('path')))
    .description('print the store path that a pinned model has or will have; no network')
    .argument('[models...]', MODELS)
    .action(async (models: string[], options: GlobalOptions & ModelOptions) => {
      const { pathCommand } = await import('./commands/path.ts');
      await withContext(options, (context) => pathCommand(models, options, context, output));
    });

  modelOptions(common(program.command('verify')))
    .description('read every byte of a model and compare it with its pin; no network')
    .argument('[models...]', `${MODELS}; none: every model of the lock file`)
    .option('--directory <directory>', 'verify this directory instead of the store path')
    .action(async (models: string[], options: GlobalOptions & VerifyOptions) => {
      const { verifyCommand } = await import('./commands/verify.ts');
      const same = await withContext(options, (context) => verifyCommand(models, options, context, output));
      if (!same) process.exitCode = VERIFICATION_FAILED;
    });

  common(program.command('to-nix'))
    .description('print the expression that pins a model in a directory, such as a HuggingFace cache; no network')
    .argument('<directory>', 'the model, a snapshot in a HuggingFace cache, or a git checkout')
    .option('--source <source>', 'where the model comes from, such as huggingface:org/name@commit (default: guessed)')
    .option('--name <name>', 'name of the model (default: from the source)')
    .option('--lock [file]', `write a lock entry too (default: ${DEFAULT_LOCK})`)
    .action(async (directory: string, options: GlobalOptions & ToNixOptions) => {
      const { toNixCommand } = await import('./commands/to-nix.ts');
      await withContext(options, (context) => toNixCommand(directory, options, context, output));
    });

  modelOptions(network(program.command('inspect')))
    .description('show what a model holds: format, tensors, types, parameters; reads headers only')
    .argument('[models...]', `a file, a directory, ${MODELS}; none: every model of the lock file`)
    .option('--tensors', 'list every tensor')
    .action(async (models: string[], options: GlobalOptions & InspectOptions) => {
      const { inspectCommand } = await import('./commands/inspect.ts');
      const sound = await withContext(options, (context) => inspectCommand(models, options, context, output));
      if (!sound) process.exitCode = VERIFICATION_FAILED;
    });

  program.command('scan')
    .description('judge whether model files are safe to load: pickles, checkpoints, arrays, archives; no network')
    .argument('<paths...>', 'files, directories, store paths')
    .option('--json', 'print one JSON document on standard output')
    .option('--sarif', 'print SARIF 2.1.0 on standard output')
    .option('--policy <file>', 'what is accepted: allowFormats, allowGlobals, failOn (docs/scanning.md)')
    .addHelpText('after', '\nExit status: 0 clean, 1 findings, 2 something could not be judged, 3 usage or read error.')
    .configureOutput({ writeErr: () => undefined })
    .exitOverride((error) => {
      if (error.exitCode !== 0) throw new ModelError('SCAN_USAGE', error.message.replace(/^error: /, ''));
      throw error;
    })
    .action(async (paths: string[], options: ScanOptions) => {
      const { scanCommand } = await import('./commands/scan.ts');
      process.exitCode = await scanCommand(paths, options, output);
    });

  common(program.command('serve'))
    .description('serve directories and store paths as a read-only HuggingFace-compatible hub')
    .argument('<roots...>', 'DIR, or ORG/NAME[@REVISION]=DIR')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <port>', 'port to listen on; 0: any free one', parsePort, 0)
    .addOption(new Option('--token <token>', 'demand this token of clients').env('NIX_AI_MODELS_SERVE_TOKEN'))
    .addOption(repeated('--gated <repo>', "demand the token for this repository's files only"))
    .action(async (roots: string[], options: ServeOptions) => {
      const { serveCommand } = await import('./commands/serve.ts');
      await serveCommand(roots, options, output);
    });

  program.command('helper', { hidden: true })
    .description('fetches models for the evaluator plugin, which asks on standard input')
    .action(async () => {
      const { helperCommand } = await import('./commands/helper.ts');
      const global = { json: true, connections: DEFAULT_CONNECTIONS };
      await withContext(global, (context) => helperCommand(process.stdin, context, output), silent);
    });

  common(program.command('build', { hidden: true }))
    .description("the builder of nix/lib's fixed-output derivations")
    .action(async (options: GlobalOptions) => {
      const { buildCommand, builderProgress } = await import('./commands/build.ts');
      const global = { ...options, connections: DEFAULT_CONNECTIONS };
      await withContext(global, buildCommand, builderProgress(output.stderr));
    });

  common(program.command('check', { hidden: true }))
    .description("the builder of nix/lib's checked layer")
    .action(async (options: GlobalOptions) => {
      const { checkCommand } = await import('./commands/check.ts');
      const { builderProgress } = await import('./commands/build.ts');
      const global = { ...options, connections: DEFAULT_CONNECTIONS };
      await withContext(global, checkCommand, builderProgress(output.stderr));
    });
  return program;
}

const VERIFICATION_FAILED = 3;

function common(command: Command): Command {
  return command
    .option('--json', 'print one JSON document on standard output')
    .option('--quiet', 'print no progress');
}

function network(command: Command): Command {
  const connections = 'downloads at the same time, over all files';
  return common(command).option('--connections <count>', connections, parseCount, DEFAULT_CONNECTIONS);
}

function modelOptions(command: Command): Command {
  return command
    .addOption(lockOption())
    .option('--name <name>', 'name of the model (default: from the source)')
    .option('--hash <hash>', 'hash of the whole model, as prefetch prints it')
    .addOption(includeOption())
    .addOption(excludeOption())
    .option('--spec-json <file>', 'read a whole spec from a file, or - for standard input');
}

const securityOption = (): Option =>
  new Option('--security <json>', "the spec's `security`, as JSON or a file that holds it (docs/spec.md)");
const lockOption = (): Option => new Option('--lock <file>', 'the lock file').default(DEFAULT_LOCK);
const includeOption = (): Option => repeated('--include <glob>', 'only files that match');
const excludeOption = (): Option => repeated('--exclude <glob>', 'no file that matches');

/** A repeatable option. (Commander's own variadic form would swallow the arguments after it.) */
function repeated(flags: string, description: string): Option {
  return new Option(flags, `${description}; may be given several times`).argParser(
    (value: string, previous: readonly string[] | undefined) => [...(previous ?? []), value],
  );
}

function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= 64) return count;
  throw new InvalidArgumentError('It is a whole number from 1 to 64.');
}

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError('It is a whole number from 0 to 65535.');
}
