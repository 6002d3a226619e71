// Source kind mlflow: a registered model of a tracking server, by its version, stage or alias.

import { MLFLOW_ATTRIBUTES } from '../../build/generated/spec-attributes';
import { addText, newObject, NUMBER, Value } from '../json/value';
import { newOutput } from '../output';
import { isDigit, isLetter, literal, Text } from '../text';
import { checkAttributes } from './attributes';
import { endpointOf } from './endpoint';
import { expectObject, invalid, optionalText, refuse, requiredText } from './expect';
import { ACCESS, MODEL, newSource, Source } from './source';

const FORM = 'mlflow:name/3, mlflow:name/Production, mlflow:name@alias or mlflow:https://host#name/3';

export function parseMlflow(value: Value): Source {
  const source = newSource('mlflow');
  if (!expectObject(value)) return source;
  checkAttributes(value, MLFLOW_ATTRIBUTES);
  const name = requiredText(value, 'modelName', '"my-model"');
  if (name.size == 0 || name.hasControl() || name.indexOf(0x2f) >= 0 || name.indexOf(0x3a) >= 0) {
    refuse(value, 'the name of a registered model', 'a text without "/" and ":"', name);
  }
  source.title = name;
  source.patterns = value.member('files');
  source.addText('trackingUri', ACCESS, endpointOf(value, 'trackingUri'));
  source.addText('modelName', MODEL, name);
  addVersion(source, value);
  return source;
}

/** One of the three says which version; only a number stays what it is. */
function addVersion(source: Source, value: Value): void {
  const version = versionOf(value);
  const stage = optionalText(value, 'modelStage');
  const alias = optionalText(value, 'modelAlias');
  const given: i32 = (version !== null ? 1 : 0) + (stage !== null ? 1 : 0) + (alias !== null ? 1 : 0);
  if (given != 1) {
    const made = invalid(value).wanted(literal('one of `modelVersion`, `modelStage` and `modelAlias`'));
    made.message.put(given == 0 ? ' does not say which version of the model' : ' names several versions: keep one');
    made.remedy(newOutput().put('In short: ').put(FORM).asText());
  }
  if (version !== null && !isNumber(version)) refuse(value, 'a version', 'a number, such as 3', version);
  if (stage !== null && !isWord(stage)) refuse(value, 'a stage', 'a word, such as Production', stage);
  if (alias !== null && !isWord(alias)) refuse(value, 'an alias', 'a word, such as champion', alias);
  if (stage !== null) source.setVersion('modelStage', stage, false, true);
  else if (alias !== null) source.setVersion('modelAlias', alias, false, true);
  else if (version !== null) source.setVersion('modelVersion', version, true, true);
}

/** A number is as good as a text of digits. */
function versionOf(value: Value): Text | null {
  const version = value.member('modelVersion');
  return version !== null && version.kind == NUMBER ? version : optionalText(value, 'modelVersion');
}

function isNumber(text: Text): bool {
  for (let i: usize = 0; i < text.size; i++) if (!isDigit(text.at(i))) return false;
  return text.size > 0 && text.size <= 18 && text.at(0) != 0x30;
}

function isWord(text: Text): bool {
  return text.size > 0 && (isLetter(text.at(0)) || isDigit(text.at(0))) && text.consistsOf('._- ');
}

/** What follows `mlflow:`: `[https://host#]name`, then `/version`, `/Stage` or `@alias`. */
export function mlflowForm(place: Value, text: Text): Value {
  const form = newObject(place);
  const isAddress = text.startsWith('https://') || text.startsWith('http://');
  const hash = isAddress ? text.indexOf(0x23) : -1;
  if (isAddress && hash < 0) refuse(place, 'a registered model', FORM, text);
  if (hash >= 0) addText(form, literal('trackingUri'), text.part(0, hash));
  const model = text.part(hash + 1, text.size);
  const slash = model.indexOf(0x2f);
  const sign = slash < 0 ? model.indexOf(0x40) : slash;
  addText(form, literal('modelName'), sign < 0 ? model : model.part(0, sign));
  if (sign < 0) return form;
  const version = model.part(sign + 1, model.size);
  addText(form, literal(slash < 0 ? 'modelAlias' : isNumber(version) ? 'modelVersion' : 'modelStage'), version);
  return form;
}
