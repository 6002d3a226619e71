// What every source is: a way to pin a model and a way to find its files. A new source is one file
// that implements this, and one line in registry.ts.

import type { Environment } from '../base/env.ts';
import type { Locate, Manifest } from '../base/manifest.ts';
import type { Progress } from '../base/progress.ts';
import type { FilePatterns, SourceKind, SourceSpec } from '../base/spec.ts';
import type { Clock } from '../net/clock.ts';
import type { Http } from '../net/http.ts';

/** What a source may use of the outside world. */
export interface SourceContext {
  readonly http: Http;
  readonly environment: Environment;
  /** A folder for a source's own files, made by it when needed; gone when the pipeline is done. */
  readonly scratchDirectory?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: Progress | undefined;
  readonly clock?: Clock | undefined;
}

export interface Source {
  readonly kind: SourceKind;
  /** Asks the remote what the model consists of and pins it. Downloads no file of the model. */
  resolve(source: SourceSpec, files: FilePatterns, context: SourceContext): Promise<Manifest>;
  /** Where the files of a manifest can be had now; asks the remote only where it must. */
  locate(manifest: Manifest, context: SourceContext): Locate;
  /** Short form for messages and for the command line, such as `huggingface:org/name@main`. */
  describe(source: SourceSpec): string;
}
