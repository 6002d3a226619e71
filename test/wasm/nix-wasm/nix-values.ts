// Values of the Nix language, as the test's host holds them (host.ts): integers are bigint, floats are
// number, null, booleans, strings, lists and functions are what they are in JavaScript.

export type NixValue =
  | bigint | number | boolean | string | null | NixPath | NixThunk | NixFunction
  | readonly NixValue[] | ReadonlyMap<string, NixValue>;
export type NixFunction = (...values: readonly NixValue[]) => NixValue;

export class NixPath {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }
}

/** Evaluated when somebody looks at it. */
export class NixThunk {
  readonly compute: () => NixValue;

  constructor(compute: () => NixValue) {
    this.compute = compute;
  }
}

export function forced(value: NixValue): Exclude<NixValue, NixThunk> {
  return value instanceof NixThunk ? forced(value.compute()) : value;
}

/** What JSON stands for in Nix. */
export function nixOf(json: unknown): NixValue {
  if (typeof json === 'number') return Number.isInteger(json) ? BigInt(json) : json;
  if (Array.isArray(json)) return json.map(nixOf);
  if (json === null || typeof json !== 'object') return json as string | boolean | null;
  if (json instanceof NixPath || json instanceof NixThunk || json instanceof Map) return json as NixValue;
  return new Map(Object.entries(json).map(([name, value]) => [name, nixOf(value)]));
}

/** As `nix eval --json` would print it. */
export function jsonOf(value: NixValue): unknown {
  const known = forced(value);
  if (typeof known === 'bigint') return Number(known);
  if (Array.isArray(known)) return (known as readonly NixValue[]).map(jsonOf);
  if (!(known instanceof Map)) return known;
  const members = [...(known as ReadonlyMap<string, NixValue>)];
  return Object.fromEntries(members.map(([name, member]) => [name, jsonOf(member)]));
}
