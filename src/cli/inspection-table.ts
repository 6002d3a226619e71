// An inspected model as a person reads it: a row for each file, a row of totals, then what is worth
// knowing of the whole. Names come from a model's files and may hold anything.

import type { DtypeCount, Facts } from '../inspect/facts.ts';
import type { InspectedFile } from '../inspect/inspect-entries.ts';
import type { Sharding } from '../inspect/shards.ts';
import type { InspectedModel } from '../inspect-model.ts';
import { formatBytes } from './report.ts';

/** Names of missing shards and tensors that are shown; --json has all of them. */
const SHOWN_NAMES = 5;

const HEAD = ['FILE', 'FORMAT', 'TENSORS', 'PARAMETERS', 'BYTES', 'TYPES'];

export function renderInspection(model: InspectedModel): string {
  const rows = model.files.map((file) => [printable(file.path), formatOf(file), ...numbers(file)]);
  for (const { path } of model.broken) rows.push([printable(path), 'broken', '', '', '', '']);
  if (rows.length > 1) rows.push(['total', '', ...numbers(model)]);
  const title = model.revision === undefined ? model.model : `${model.model} (${model.revision.slice(0, 12)})`;
  return [printable(title), ...table([HEAD, ...rows]), ...notes(model), ...model.files.flatMap(tensorRows)].join('\n');
}

/** 6.74 B */
export function formatCount(count: number): string {
  const [value, unit] = UNITS.map(([size, unit]) => [count / size, unit] as const).find(([value]) => value >= 1) ?? [count, ''];
  return unit === '' ? String(value) : `${value.toFixed(2)} ${unit}`;
}

const UNITS = [[1e12, 'T'], [1e9, 'B'], [1e6, 'M'], [1e3, 'K']] as const;

function formatOf({ format, version }: InspectedFile): string {
  return version === undefined ? format : `${format} v${version}`;
}

type Counted = Pick<InspectedModel, 'tensors' | 'parameters' | 'bytes' | 'dtypes'>;

function numbers({ tensors, parameters, bytes, dtypes }: Counted): string[] {
  return [String(tensors), formatCount(parameters), formatBytes(bytes), dtypes.map(dtypeText).join(', ')];
}

const dtypeText = ({ dtype, tensors }: DtypeCount): string => `${tensors} ${dtype}`;

/** Columns two spaces apart; numbers (the third to the fifth) to the right. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => {
    const cells = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return column >= 2 && column <= 4 ? cell.padStart(width) : cell.padEnd(width);
    });
    return cells.join('  ').trimEnd();
  });
}

function notes(model: InspectedModel): string[] {
  const lines = [...factLines(model, '')];
  const isOne = model.files.length === 1;
  for (const file of model.files) lines.push(...factLines(file, isOne ? '' : ` of ${file.path}`));
  lines.push(...model.shardings.flatMap(shardingLines));
  for (const { path, trailing } of model.files) {
    if (trailing > 0) lines.push(`trailing        ${formatBytes(trailing)} at the end of ${printable(path)} belong to no tensor`);
  }
  if (model.others.length > 0) lines.push(`other files     ${names(model.others, 'file')}`);
  return lines.length > 0 ? ['', ...lines] : [];
}

function factLines({ architecture, contextLength, quantisation, graph }: Facts, of: string): string[] {
  const facts = [
    ['architecture', architecture],
    ['context length', contextLength],
    ['quantisation', quantisation],
    ['graph', graph],
  ] as const;
  return facts.flatMap(([name, value]) => {
    return value === undefined ? [] : [`${name.padEnd(15)} ${printable(String(value) + of)}`];
  });
}

function shardingLines({ name, shards, complete, total, ...lists }: Sharding): string[] {
  const lines = [`shards          ${shards} of ${printable(name)}: ${complete ? 'complete' : 'INCOMPLETE'}`];
  if (lists.missingShards.length > 0) lines.push(`  missing:  ${names(lists.missingShards, 'shard')}`);
  if (lists.missingTensors.length > 0) lines.push(`  missing:  ${names(lists.missingTensors, 'tensor')}`);
  if (lists.unlistedTensors.length > 0) lines.push(`  unlisted: ${names(lists.unlistedTensors, 'tensor')}`);
  if (total !== undefined) lines.push(`  stated:   ${total.stated} ${total.of}, found ${total.found}`);
  return lines;
}

/** 7 tensors: a, b, c, … */
function names(list: readonly string[], what: string): string {
  const shown = list.slice(0, SHOWN_NAMES).map(printable).join(', ');
  const more = list.length > SHOWN_NAMES ? ', …' : '';
  return `${list.length} ${what}${list.length === 1 ? '' : 's'}: ${shown}${more}`;
}

function tensorRows({ path, tensorList = [] }: InspectedFile): string[] {
  if (tensorList.length === 0) return [];
  const rows = tensorList.map(({ name, dtype, shape, bytes }) => {
    return `  ${printable(name)}  ${dtype}  [${shape.join(', ')}]  ${formatBytes(bytes)}`;
  });
  return ['', `tensors of ${printable(path)}`, ...rows];
}

/** The terminal should not obey a file. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '?');
}
