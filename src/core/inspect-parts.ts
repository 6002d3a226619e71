// Inspects a file whose description is spread over it (npy, npz, PyTorch checkpoints, ONNX): drives the
// machine in the WASM core and fetches the parts that it asks for. inspect.ts calls it.

import { ModelError } from '../base/errors.ts';
import type { ModelFile } from './inspect.ts';
import { CoreInstance } from './instance.ts';
import { loadModule } from './module.ts';
import { MissingPart, PartsSource, type ReadPart } from './parts-source.ts';
import { answer, DONE, openSources, ScanCore, type Request, type Sources } from './scan-core.ts';

/** After an inspection that needed more, the instance is dropped: WASM memory cannot shrink. */
const KEPT_MEMORY_BYTES = 64 * 1024 * 1024;

/** An instance inspects one file at a time, and a file is waited for. */
const idle: CoreInstance[] = [];

/** Throws FORMAT_* for a broken file, NO_FILES_MATCH for one of another format. */
export async function inspectParts(
  read: ReadPart,
  size: number,
  { name, start }: { readonly name: string; readonly start: Uint8Array },
): Promise<ModelFile> {
  const instance = idle.pop() ?? new CoreInstance(loadModule());
  const core = new ScanCore(instance);
  const file = new PartsSource(read, size, start);
  const sources = openSources(file);
  core.open('inspectopen', name, size);
  for (;;) {
    const request = nextRequest(core, instance);
    if (request.kind === DONE) return JSON.parse(new TextDecoder().decode(request.rest)) as ModelFile;
    core.feed(await answerWhenThere(request, { core, file, sources }));
  }
}

/** An instance whose machine has come to its end is used again; one that stops on the way is dropped. */
function nextRequest(core: ScanCore, instance: CoreInstance): Request {
  let isDone = false;
  try {
    const request = core.step();
    isDone = request.kind === DONE;
    return request;
  } catch (error) {
    isDone = error instanceof ModelError && error.code !== 'INTERNAL';
    throw error;
  } finally {
    if (isDone && instance.memory.buffer.byteLength <= KEPT_MEMORY_BYTES) idle.push(instance);
  }
}

interface Running {
  readonly core: ScanCore;
  readonly file: PartsSource;
  readonly sources: Sources;
}

async function answerWhenThere(request: Request, { core, file, sources }: Running): Promise<bigint> {
  for (;;) {
    try {
      return answer(request, sources, core);
    } catch (error) {
      if (!(error instanceof MissingPart)) throw error;
      await file.fetch(error);
    }
  }
}
