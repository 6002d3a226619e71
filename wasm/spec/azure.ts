// Source kind azure: a folder of a container of Azure Blob Storage.

import { AZURE_ATTRIBUTES } from '../../build/generated/spec-attributes';
import { addText, newObject, Value } from '../json/value';
import { isDigit, isLetter, literal, Text } from '../text';
import { checkAttributes } from './attributes';
import { endpointOf } from './endpoint';
import { expectObject, refuse, requiredText } from './expect';
import { addFlag, addParts, addPrefix, addQuery, pathOfAddress } from './object-store';
import { ACCESS, MODEL, newSource, Source } from './source';

/** What the hosts of all accounts end with, in Microsoft's public cloud. */
const PUBLIC_HOST = '.blob.core.windows.net';

export function parseAzure(value: Value): Source {
  const source = newSource('azure');
  if (!expectObject(value)) return source;
  checkAttributes(value, AZURE_ATTRIBUTES);
  const account = requiredText(value, 'account', '"mycompany"');
  const container = requiredText(value, 'container', '"models"');
  if (account.size < 3 || account.size > 24 || !isLowercase(account)) {
    refuse(value, 'a storage account', '3 to 24 of a-z 0-9', account);
  }
  checkContainer(value, container);
  source.patterns = value.member('files');
  source.addText('account', MODEL, account);
  source.addText('container', MODEL, container);
  addPrefix(source, value, container.startsWith('$') ? account : container);
  source.addText('endpoint', ACCESS, endpointOf(value, 'endpoint'));
  addFlag(source, value, 'anonymous', ACCESS);
  return source;
}

function checkContainer(place: Value, container: Text): void {
  if (container.is('$root') || container.is('$web')) return;
  let good = container.size >= 3 && container.size <= 63;
  let last: u32 = 0x2d;
  for (let i: usize = 0; i < container.size; i++) {
    const byte = container.at(i);
    const hyphen = byte == 0x2d;
    if ((hyphen && last == 0x2d) || (!hyphen && !isLow(byte))) good = false;
    last = byte;
  }
  if (good && last != 0x2d) return;
  refuse(place, 'a container', '3 to 63 of a-z 0-9 and single hyphens between them', container);
}

function isLowercase(text: Text): bool {
  for (let i: usize = 0; i < text.size; i++) if (!isLow(text.at(i))) return false;
  return true;
}

function isLow(byte: u32): bool {
  return isDigit(byte) || (isLetter(byte) && byte >= 0x61);
}

/** What follows `azure://`: `account/container/folder?attribute=value`. */
export function azureForm(place: Value, address: Text): Value {
  const form = newObject(place);
  const path = pathOfAddress(address);
  const slash = path.indexOf(0x2f);
  addText(form, literal('account'), slash < 0 ? path : path.part(0, slash));
  if (slash >= 0) addParts(form, path.part(slash + 1, path.size), 'container', 'prefix');
  addQuery(form, address);
  return form;
}

/** What follows `wasbs://`, Hadoop's way to write it: `container@account.blob.core.windows.net/folder`. */
export function wasbsForm(place: Value, address: Text): Value {
  const form = newObject(place);
  const slash = address.indexOf(0x2f);
  const authority = slash < 0 ? address : address.part(0, slash);
  const at = authority.indexOf(0x40);
  if (at < 0 || !authority.endsWith(PUBLIC_HOST)) {
    refuse(place, 'an address of Azure', 'wasbs://container@account.blob.core.windows.net/folder', address)
      .remedy(literal('For another host: azure://account/container/folder?endpoint=https://...'));
    return form;
  }
  addText(form, literal('account'), authority.part(at + 1, authority.size - PUBLIC_HOST.length));
  addText(form, literal('container'), authority.part(0, at));
  if (slash >= 0) addText(form, literal('prefix'), address.part(slash + 1, address.size));
  return form;
}
