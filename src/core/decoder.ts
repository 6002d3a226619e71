// What every decoder is: scan-source.ts pulls bytes out of one, and gets no more than a few megabytes at a
// time whatever the content unpacks to. fflate-decoder.ts and core-decoder.ts are the two kinds.

/** Fills the target with packed bytes; fewer only at the end. */
export type Take = (target: Uint8Array) => number;

export interface Decoder {
  /** The next bytes, good until the next call; undefined at the end. Throws DecodeFailure, or anything. */
  next(): Uint8Array | undefined;
  close?(): void;
}

/** Why a content was not unpacked to its end. */
export type FailureReason = 'cannot' | 'broken' | 'tooLarge' | 'trailing';

export class DecodeFailure extends Error {
  readonly reason: FailureReason;

  constructor(reason: FailureReason) {
    super(`cannot unpack: ${reason}`);
    this.reason = reason;
  }
}
