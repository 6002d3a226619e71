// XML answers of S3 and Azure into plain objects, by fast-xml-parser (loaded here, when needed).
// Values stay text, whatever they look like; entities that a document defines itself are not expanded.

import { ModelError } from '../../base/errors.ts';
import type { HttpResponse } from '../../net/http.ts';
import { readBytes } from '../../net/read-bytes.ts';
import { printable } from '../printable.ts';

export type XmlValue = string | XmlNode | readonly XmlValue[] | undefined;

export interface XmlNode {
  readonly [name: string]: XmlValue;
}

/** The root element of an answer, or a ModelError that says what came instead. */
export async function readXml(
  response: HttpResponse,
  root: string,
  maxBytes: number,
): Promise<XmlNode> {
  const text = (await readBytes(response, maxBytes)).toString('utf8');
  const node = await parseXml(text, root);
  if (node !== undefined) return node;
  throw new ModelError('PROTOCOL', `${new URL(response.url).host} sent something else than a listing`, {
    subject: response.url,
    wanted: `an XML document <${root}>`,
    found: printable(JSON.stringify(text.slice(0, MAX_SHOWN))),
    remedies: ['Check the endpoint: is this the object store, or a login page or proxy before it?'],
  });
}

/** The element of this name at the top, where the text is such a document. */
export async function parseXml(text: string, root: string): Promise<XmlNode | undefined> {
  // Neither store sends a document type; with one come entities, and with those come bombs. The
  // parser takes half a document for a whole one: a listing would end early, and nobody would know.
  if (text.includes('<!DOCTYPE') || !isWhole(text, root)) return undefined;
  const { XMLParser } = await import('fast-xml-parser');
  const parser = new XMLParser({
    parseTagValue: false,
    // A key may begin or end with a space.
    trimValues: false,
    ignoreAttributes: true,
    ignoreDeclaration: true,
    // Decoded below: the parser counts them, and gives up over a page with many quoted ETags.
    processEntities: false,
  });
  try {
    const node = (parser.parse(text) as XmlNode)[root];
    if (node === '') return {};
    return isNode(node) ? node : undefined;
  } catch {
    // Names such as __proto__, which no honest store sends.
    return undefined;
  }
}

function isWhole(text: string, root: string): boolean {
  return text.trimEnd().endsWith(`</${root}>`) || text.includes(`<${root}/>`);
}

/** The elements of this name: none, one or several. */
export function children(node: XmlNode, name: string): XmlNode[] {
  const value = node[name];
  const list: readonly XmlValue[] = isList(value) ? value : [value];
  return list.filter(isNode);
}

/** The text of an element, decoded; undefined where there is no such element, or no text in it. */
export function textOf(node: XmlNode, name: string): string | undefined {
  const value = node[name];
  return typeof value === 'string' && value !== '' ? decodeEntities(value) : undefined;
}

function decodeEntities(text: string): string {
  return text.replace(/&(#x[0-9a-f]{1,6}|#\d{1,7}|lt|gt|amp|quot|apos);/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return ENTITIES[name.toLowerCase()] ?? whole;
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return code <= 0x10_ffff ? String.fromCodePoint(code) : whole;
  });
}

const ENTITIES: Record<string, string | undefined> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function isNode(value: XmlValue): value is XmlNode {
  return typeof value === 'object' && !isList(value);
}

function isList(value: XmlValue): value is readonly XmlValue[] {
  return Array.isArray(value);
}

const MAX_SHOWN = 80;
