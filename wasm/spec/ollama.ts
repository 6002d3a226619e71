// Source kind ollama: a model of ollama.com or of another registry that has models of this kind.

import { OLLAMA_ATTRIBUTES } from '../../build/generated/spec-attributes';
import { Value } from '../json/value';
import { newOutput } from '../output';
import { literal, Text } from '../text';
import { checkAttributes } from './attributes';
import { expectObject } from './expect';
import { addImage, imageOf, isDigest } from './registry';
import { newSource, Source } from './source';

export function parseOllama(value: Value): Source {
  const source = newSource('ollama');
  if (!expectObject(value)) return source;
  checkAttributes(value, OLLAMA_ATTRIBUTES);
  // A name of three parts begins with a host, whatever that looks like.
  const image = imageOf(value, 'model', '"llama2:7b"', true);
  const registry = image.registry;
  const name = image.repository;
  const own = registry === null ? literal('registry.ollama.ai') : registry;
  const repository = name.size > 0 && name.indexOf(0x2f) < 0
    ? newOutput().put('library/').text(name).asText()
    : name;
  addImage(source, value, own, repository, image.reference);
  source.title = titleOf(repository.after(0x2f), image.reference);
  return source;
}

/** llama2-7b. A digest is no part of a name, and neither is what everyone means. */
function titleOf(model: Text, reference: Text | null): Text {
  if (reference === null || reference.is('latest') || isDigest(reference)) return model;
  return newOutput().text(model).byte(0x2d).text(reference).asText();
}
