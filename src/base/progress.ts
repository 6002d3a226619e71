// What a long operation reports while it runs. The command line draws it, a Nix builder turns it
// into Nix's own progress lines, `--json` prints it; whoever works only calls the function.

export type ProgressEvent =
  | { readonly type: 'start'; readonly path: string; readonly size?: number | undefined; readonly resumed: number }
  | { readonly type: 'bytes'; readonly path: string; readonly count: number }
  | { readonly type: 'retry'; readonly path: string; readonly attempt: number; readonly delayMs: number; readonly reason: string }
  | { readonly type: 'done'; readonly path: string; readonly size: number }
  | { readonly type: 'step'; readonly text: string }
  /** Shown where other progress is not. May have several lines. */
  | { readonly type: 'warning'; readonly text: string };

export type Progress = (event: ProgressEvent) => void;

export const silent: Progress = () => undefined;
