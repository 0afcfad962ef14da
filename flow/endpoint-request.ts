import { convert } from './convert';
import { fail } from './failure';
import { isReservedHeader, headerName, type CallMethod, type EndpointDefinition, type EndpointParameter } from './integration';
import { isJsonObject, type Json, type JsonObject } from './json';
import { writePath } from './path';
import { text } from './text';

/** What a call says, before anybody knows whom: path and query are encoded, credentials are not part of it. */
export type EndpointRequest = {
  path: string;
  query: [string, string][];
  headers: [string, string][];
  body: { kind: 'json'; value: Json } | { kind: 'form' | 'multipart'; fields: [string, Json][] } | null;
};
export type GivenParameter = { target: string; value: Json };
export type ParameterTarget = { in: EndpointParameter['in']; name: string };
type Declared = Pick<EndpointDefinition, 'path' | 'parameters' | 'bodyKind'>;

/** `query.q`, `path.id`, `header.X`, `body`, `body.a.b`; a bare name is the declared parameter of that name. */
export function parameterTarget(target: string, parameters: readonly EndpointParameter[]): ParameterTarget | null {
  if (target === 'body') return { in: 'body', name: '' };
  const prefixed = /^(path|query|header|body)\.(.+)$/s.exec(target);
  const place = prefixed?.[1];
  if (place === 'path' || place === 'query' || place === 'header' || place === 'body') return { in: place, name: prefixed?.[2] ?? '' };
  const declared = parameters.filter((each) => each.name === target);
  return declared.length === 1 && declared[0] ? { in: declared[0].in, name: declared[0].name } : null;
}

const sameName = (a: ParameterTarget, b: ParameterTarget) => a.in === b.in && (a.in === 'header' ? a.name.toLowerCase() === b.name.toLowerCase() : a.name === b.name);
export const targetText = ({ in: place, name }: ParameterTarget): string => (name === '' ? place : `${place}.${name}`);

export function requestOf(endpoint: Declared, method: CallMethod, given: readonly GivenParameter[]): EndpointRequest {
  const values = valuesOf(endpoint, given);
  const body = bodyOf(endpoint, method, values.filter((each) => each.in === 'body'));
  return {
    path: pathOf(endpoint.path, values.filter((each) => each.in === 'path')),
    query: values.filter((each) => each.in === 'query').flatMap((each) => queryPairs(each.name, each.value)),
    headers: values.filter((each) => each.in === 'header' && each.value !== null).map((each) => [each.name, headerValue(each)]),
    body,
  };
}

type Valued = ParameterTarget & { value: Json };

/** What was given and what is declared with a default, each of its type; a required one without a value is named. */
function valuesOf({ parameters }: Declared, given: readonly GivenParameter[]): Valued[] {
  const values: Valued[] = [];
  for (const { target, value } of given) {
    const place = parameterTarget(target, parameters);
    if (!place) fail('PARAM_INVALID', text(`"${shown(target)}" is no parameter of this endpoint. Write path.…, query.…, header.… or body.… for one that is not declared.`, `« ${shown(target)} » n’est pas un paramètre de ce point d’accès. Écrivez path.…, query.…, header.… ou body.… pour un paramètre non déclaré.`), { path: shown(target) });
    values.push({ ...place, value });
  }
  for (const declared of parameters) {
    const at = values.find((each) => sameName(each, declared));
    const value = at?.value ?? declared.default ?? null;
    const name = targetText(declared);
    const covered = declared.in === 'body' && values.some((each) => each.in === 'body' && (each.name === '' || each.name.startsWith(`${declared.name}.`) || declared.name === ''));
    if (value === null && declared.required && !covered) fail('PARAM_REQUIRED', text(`The parameter "${name}" is required and has no value.`, `Le paramètre « ${name} » est obligatoire et n’a pas de valeur.`), { path: name });
    const typed = convert(value, declared.type ?? 'unknown');
    // An array repeats its key in the query, whatever the element's type.
    const repeats = declared.in === 'query' && Array.isArray(value) && declared.type !== 'object';
    if (!typed.ok && !repeats) fail('TYPE_MISMATCH', text(`The parameter "${name}" is of type ${declared.type ?? ''}; ${shown(JSON.stringify(value))} does not fit.`, `Le paramètre « ${name} » est de type ${declared.type ?? ''} ; ${shown(JSON.stringify(value))} ne convient pas.`), { path: name });
    const final = typed.ok ? typed.value : value;
    if (at) at.value = final;
    else if (final !== null) values.push({ in: declared.in, name: declared.name, value: final });
  }
  return values;
}

const shown = (words: string) => (words.length > 80 ? `${words.slice(0, 80)}…` : words);

function pathOf(template: string, values: readonly Valued[]): string {
  const path = template.replaceAll(/\{([A-Za-z0-9_.-]+)\}/g, (_all, name: string) => {
    const value = values.find((each) => each.name === name)?.value ?? null;
    const words = scalar(value, `path.${name}`);
    if (words === null || words === '') fail('PARAM_INVALID', text(`The path parameter "${name}" is empty, so the address would be another one.`, `Le paramètre de chemin « ${name} » est vide, l’adresse serait donc une autre.`), { path: `path.${name}` });
    return encoded(words);
  });
  const wandering = path.split('/').find((each) => /^(\.|%2e){1,2}$/i.test(each));
  if (wandering !== undefined) fail('PARAM_INVALID', text(`A path parameter gives "${wandering}", which would lead to another address.`, `Un paramètre de chemin donne « ${wandering} », ce qui mènerait à une autre adresse.`), { path: 'path' });
  return path;
}

const encoded = (words: string) => encodeURIComponent(words.replaceAll(/\p{Cs}/gu, '\ufffd'));

function queryPairs(name: string, value: Json): [string, string][] {
  if (Array.isArray(value)) return value.flatMap((each) => queryPairs(name, each));
  const words = scalar(value, `query.${name}`);
  return words === null ? [] : [[encoded(name), encoded(words)]];
}

function headerValue({ name, value }: Valued): string {
  const path = `header.${name}`;
  if (!headerName.safeParse(name).success || isReservedHeader(name)) fail('PARAM_INVALID', text(`"${shown(name)}" is not a header that can be set.`, `« ${shown(name)} » n’est pas un en-tête que l’on peut fixer.`), { path: shown(path) });
  const words = Array.isArray(value) ? value.map((each) => scalar(each, path) ?? '').join(', ') : (scalar(value, path) ?? '');
  if (words.length > 8_000 || !/^[\t\x20-\x7e\x80-\xff]*$/.test(words)) fail('PARAM_INVALID', text(`The header "${name}" may not hold line breaks, control characters or more than 8,000 characters.`, `L’en-tête « ${name} » ne peut contenir ni saut de ligne, ni caractère de contrôle, ni plus de 8 000 caractères.`), { path });
  return words;
}

function scalar(value: Json, path: string): string | null {
  if (value === null) return null;
  if (typeof value === 'object') fail('TYPE_MISMATCH', text(`"${shown(path)}" takes one value, not an object or a list.`, `« ${shown(path)} » prend une seule valeur, pas un objet ni une liste.`), { path: shown(path) });
  return String(value);
}

function bodyOf({ bodyKind }: Declared, method: CallMethod, values: readonly Valued[]): EndpointRequest['body'] {
  if (values.length === 0) return null;
  if (method === 'Get') fail('PARAM_INVALID', text('A Get call sends no body. Choose another method, or map to the query.', 'Un appel Get n’envoie pas de corps. Choisissez une autre méthode, ou mappez vers query.'), { path: 'body' });
  const whole = values.find((each) => each.name === '')?.value;
  const parts = values.filter((each) => each.name !== '');
  if (parts.length > 0 && whole !== undefined && whole !== null && !isJsonObject(whole)) fail('TYPE_MISMATCH', text('Fields cannot be added to a body that is not an object.', 'On ne peut ajouter de champs à un corps qui n’est pas un objet.'), { path: 'body' });
  if (bodyKind === 'json') {
    if (parts.length === 0) return { kind: 'json', value: whole ?? null };
    const start: JsonObject = object(whole);
    return { kind: 'json', value: parts.reduce((made, each) => writePath(made, each.name, each.value), start) };
  }
  if (whole !== undefined && whole !== null && !isJsonObject(whole)) fail('TYPE_MISMATCH', text('A form is made of named fields: an object is needed.', 'Un formulaire est fait de champs nommés : il faut un objet.'), { path: 'body' });
  const fields: [string, Json][] = [...Object.entries(object(whole)), ...parts.map((each): [string, Json] => [each.name, each.value])];
  return { kind: bodyKind, fields: fields.filter(([, value]) => value !== null).flatMap(([name, value]) => (Array.isArray(value) ? value.map((each): [string, Json] => [name, each]) : [[name, value]])) };
}

const object = (value: Json | undefined): JsonObject => (value !== undefined && isJsonObject(value) ? { ...value } : {});
