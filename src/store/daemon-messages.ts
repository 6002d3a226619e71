// What a daemon sends between a request and its reply: log lines, activities, and at last either
// "done" or an error. Used by the connection; decides nothing about what an error means.

import { stripVTControlCharacters } from 'node:util';
import { WireError, type WireReader } from './wire.ts';

const STDERR = {
  next: 0x6f6c6d67,
  read: 0x64617461,
  write: 0x64617416,
  last: 0x616c7473,
  error: 0x63787470,
  startActivity: 0x53545254,
  stopActivity: 0x53544f50,
  result: 0x52534c54,
} as const;

/** The daemon refused or failed; its words, without terminal colours. */
export class DaemonError extends Error {}

export type Log = (line: string) => void;

/** Returns when the daemon has done its work, throws a DaemonError when it could not. */
export async function readUntilDone(reader: WireReader, protocol: number, log: Log): Promise<void> {
  for (;;) {
    const message = await reader.number();
    switch (message) {
      case STDERR.last:
        return;
      case STDERR.error:
        throw new DaemonError(plain(await readError(reader, protocol)));
      case STDERR.next:
        log(plain(await reader.string()));
        break;
      case STDERR.startActivity:
        await skipStartActivity(reader);
        break;
      case STDERR.stopActivity:
        await reader.bigint();
        break;
      case STDERR.result:
        await reader.bigint();
        await reader.number();
        await skipFields(reader);
        break;
      case STDERR.read:
      case STDERR.write:
        // Only operations that this client never asks for pull or push data this way.
        throw new WireError('the daemon asked for data outside of a frame');
      default:
        throw new WireError(`unknown message 0x${message.toString(16)}`);
    }
  }
}

/** From protocol 1.26 on an error has structure and traces; before, it is a text and a status. */
async function readError(reader: WireReader, protocol: number): Promise<string> {
  if (protocol < 26) {
    const text = await reader.string();
    await reader.number();
    return text;
  }
  await reader.string(); // always "Error"
  await reader.number(); // verbosity level
  await reader.string(); // obsolete name
  const text = await reader.string();
  await reader.number(); // position, never sent
  await reader.list(async () => {
    await reader.number();
    return reader.string();
  });
  return text;
}

async function skipStartActivity(reader: WireReader): Promise<void> {
  await reader.bigint(); // id
  await reader.number(); // verbosity level
  await reader.number(); // type
  await reader.string();
  await skipFields(reader);
  await reader.bigint(); // parent
}

async function skipFields(reader: WireReader): Promise<void> {
  await reader.list(async () => {
    const type = await reader.number();
    if (type === 0) await reader.bigint();
    else if (type === 1) await reader.string();
    else throw new WireError(`unknown field type ${type}`);
  });
}

function plain(text: string): string {
  return stripVTControlCharacters(text).trim();
}
