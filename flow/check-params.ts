import { systemFields, type ComponentModel } from './component-model';
import { entrySchema, typeOfField } from './component-schema';
import { convert, splitTarget } from './convert';
import { integrationProblems, parameterProblems } from './check-integration';
import { compileExpression } from './expression';
import { durationMs } from './due-time';
import { isJsonObject, type Json, type JsonObject } from './json';
import type { FieldType, ModelSchema } from './model-schema';
import { nearName } from './near-name';
import { formatPath, parsePath, resolvePath, type Segment } from './path';
import type { StepProblem } from './problems';
import type { StepView } from './propagate';
import { neverConverts } from './type-fit';
import { isEmptyParam, isShown, type MappingTarget, type ParamMeta } from './steps/field';
import type { SourceSchemas, StaticContext } from './steps/define-step';
import { text, type Text } from './text';

/** What the meanings of a step's parameters ask for: required, resolvable, existing, of the right type. */
export function paramProblems(view: StepView, context: StaticContext): StepProblem[] {
  const metas = view.type?.params ?? {};
  const params = view.step.params ?? {};
  const found: StepProblem[] = [];
  for (const key of Object.keys(params)) {
    if (!Object.hasOwn(metas, key)) found.push({ code: 'PARAM_INVALID', param: key, text: text(`This step has no parameter "${key}".`, `Cette étape n’a pas de paramètre « ${key} ».`) });
  }
  const invalid = new Set<string>();
  for (const issue of view.prepared?.ok === false ? view.prepared.issues : []) {
    const key = /^[^.[]+/.exec(issue.path)?.[0] ?? '';
    const meta = Object.hasOwn(metas, key) ? metas[key] : undefined;
    if (!meta) continue;
    invalid.add(key);
    found.push({ code: 'PARAM_INVALID', param: issue.path, text: invalidText(meta, issue.message) });
  }
  const scope: Scope = { params, metas, sources: view.sources, context, workflow: view.type?.kind === 'workflow', view };
  for (const [key, meta] of Object.entries(metas)) if (!invalid.has(key)) found.push(...shownParam(key, key, meta, params, metas, scope));
  return found;
}

type Scope = { params: JsonObject; metas: Record<string, ParamMeta>; sources: SourceSchemas; context: StaticContext; workflow: boolean; view: StepView };

function invalidText(meta: ParamMeta, message: string): Text {
  const { label } = meta;
  if (meta.widget === 'choice') {
    return text(`${label.en}: choose one of ${meta.choices.map((each) => each.value).join(', ')}.`, `${label.fr} : choisissez parmi ${meta.choices.map((each) => each.value).join(', ')}.`);
  }
  if (meta.widget === 'number') {
    const [min, max] = [meta.min ?? '−∞', meta.max ?? '∞'];
    return text(`${label.en}: a ${meta.integer ? 'whole ' : ''}number from ${min} to ${max} is needed.`, `${label.fr} : il faut un nombre ${meta.integer ? 'entier ' : ''}de ${min} à ${max}.`);
  }
  if (meta.widget === 'text' && meta.maxLength !== undefined) return text(`${label.en}: text of at most ${meta.maxLength} characters is needed.`, `${label.fr} : il faut un texte d’au plus ${meta.maxLength} caractères.`);
  return text(`${label.en}: this value cannot be used (${message}).`, `${label.fr} : cette valeur ne peut être utilisée.`);
}

function shownParam(key: string, place: string, meta: ParamMeta, params: JsonObject, metas: Record<string, ParamMeta>, scope: Scope): StepProblem[] {
  if (!isShown(meta, params, metas)) return [];
  const value = params[key] ?? meta.default;
  if (isEmptyParam(value) || value === undefined) {
    if (!meta.required) return [];
    return [{ code: 'PARAM_REQUIRED', param: place, text: text(`${meta.label.en} is needed.`, `${meta.label.fr} est à remplir.`) }];
  }
  return meaning(place, meta, value, scope);
}

function meaning(place: string, meta: ParamMeta, value: Json, scope: Scope): StepProblem[] {
  switch (meta.widget) {
    case 'text': case 'longText': case 'code': case 'number': case 'flag': case 'choice': case 'constant': case 'people':
      return [];
    case 'duration':
      return typeof value === 'string' && durationMs(value) === null ? [{ code: 'PARAM_INVALID', param: place, text: text(`"${value}" is not a length of time. Write a number and its unit, for example 2d or 4h.`, `« ${value} » n’est pas une durée. Écrivez un nombre et son unité, par exemple 2d ou 4h.`) }] : [];
    case 'path':
      return typeof value === 'string' ? pathProblems(place, value, scope, meta.port ?? 'source', meta.expects) : [];
    case 'paths':
      return Array.isArray(value) ? value.flatMap((each, row) => (typeof each === 'string' ? pathProblems(`${place}[${row}]`, each, scope, meta.port ?? 'source', meta.expects) : [])) : [];
    case 'newField':
      return typeof value === 'string' ? newFieldProblems(place, value, scope, { refuseSystem: true, warnOverwrite: true }) : [];
    case 'value':
      return valueProblems(place, value, scope, meta.forms, meta.port ?? 'source', meta.bare ? meta.expects?.[0] : undefined);
    case 'ref':
      return typeof value === 'string' ? referenceProblems(place, value, meta, scope) : [];
    case 'componentField':
      return typeof value === 'string' ? componentFieldProblems(place, value, componentOf(meta.component, scope), meta.system) : [];
    case 'mapping':
      return mappingProblems(place, meta, value, scope);
    case 'filter':
      return filterProblems(place, value, componentOf(meta.component, scope), scope);
    case 'list':
      return listProblems(place, meta.columns, value, scope);
  }
}

/** Rows run in order and see what earlier ones made. */
function listProblems(place: string, columns: Record<string, ParamMeta>, value: Json, scope: Scope): StepProblem[] {
  const found: StepProblem[] = [];
  let sources = scope.sources;
  const rows = Array.isArray(value) ? value : [];
  for (const [row, each] of rows.entries()) {
    if (!isJsonObject(each)) continue;
    for (const [key, meta] of Object.entries(columns)) found.push(...shownParam(key, `${place}[${row}].${key}`, meta, each, columns, { ...scope, sources }));
    const made = Object.entries(columns).filter(([, meta]) => meta.widget === 'newField').map(([key]) => each[key]).filter((name) => typeof name === 'string');
    const { source } = sources;
    if (source && made.length > 0 && row < rows.length - 1) sources = { ...sources, source: { ...source, fields: { ...source.fields, ...Object.fromEntries(made.map((name) => [splitTarget(name).name, { type: 'unknown' as const }])) } } };
  }
  return found;
}

type Port = 'source' | 'left' | 'right';

function pathProblems(place: string, path: string, scope: Scope, port: Port, expects?: readonly FieldType[]): StepProblem[] {
  const parsed = parsePath(path);
  if (!parsed.ok) return [{ code: 'PARAM_INVALID', param: place, text: text(`"${path}" is not a field path.`, `« ${path} » n’est pas un chemin de champ.`) }];
  const schema = scope.sources[port];
  if (!schema || parsed.segments[0] === '$error') return [];
  let resolved = resolvePath(schema, path);
  if (!resolved.found && scope.workflow) {
    const inData = resolvePath(schema, `data.${path}`);
    if (inData.found) resolved = inData;
  }
  if (!resolved.found) {
    if (!resolved.certain) return [{ code: 'FIELD_NOT_FOUND', level: 'warning', param: place, text: text(`"${path}" cannot be checked: the model before this step does not say which fields it has.`, `« ${path} » ne peut être vérifié : le modèle en amont ne dit pas quels champs il a.`) }];
    const has = nearest(path, schema);
    const use = meant(parsed.segments, schema);
    return [{ code: 'FIELD_NOT_FOUND', param: place, text: text(`The model before this step has no field "${path}"${has.en}.`, `Le modèle en amont n’a pas de champ « ${path} »${has.fr}.`), ...(use === null ? {} : { instead: { was: path, use } }) }];
  }
  const { type } = resolved.field;
  if (!expects || type === 'unknown' || expects.includes(type)) return [];
  return [{ code: expects.includes('array') ? 'NOT_AN_ARRAY' : 'TYPE_MISMATCH', param: place, text: text(`"${path}" is of type ${type}; ${expects.join(' or ')} is needed.`, `« ${path} » est de type ${type} ; il faut ${expects.join(' ou ')}.`) }];
}

/** The path with the name that leads nowhere put right, when one is plainly meant and the whole then leads to a field. */
function meant(segments: readonly Segment[], schema: ModelSchema): string | null {
  const at = segments.findIndex((_, place) => !resolvePath(schema, formatPath(segments.slice(0, place + 1))).found);
  const parent = at <= 0 ? null : resolvePath(schema, formatPath(segments.slice(0, at)));
  const names = parent === null ? Object.keys(schema.fields) : parent.found ? Object.keys(parent.field.fields ?? {}) : [];
  const wrong = segments[at];
  const name = typeof wrong === 'string' ? nearName(wrong, names) : null;
  const path = name === null ? null : formatPath(segments.with(at, name));
  return path !== null && resolvePath(schema, path).found ? path : null;
}

/** Names the fields there are when few enough to help. */
function nearest(path: string, schema: ModelSchema): Text {
  const names = Object.keys(schema.fields);
  const close = names.filter((name) => name.toLowerCase() === path.toLowerCase() || name.startsWith(path) || path.startsWith(name));
  const shown = close.length > 0 ? close : names.length <= 8 ? names : [];
  return shown.length === 0 ? text('', '') : text(` (it has ${shown.slice(0, 8).join(', ')})`, ` (il a ${shown.slice(0, 8).join(', ')})`);
}

type NewFieldRules = { refuseSystem: boolean; warnOverwrite: boolean; pattern?: RegExp };
const plainName = /^[A-Za-z_][A-Za-z0-9_]*$/;
const dottedName = /^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$/;

function newFieldProblems(place: string, target: string, scope: Scope, rules: NewFieldRules): StepProblem[] {
  const { name, type } = splitTarget(target);
  const invalid = (words: Text): StepProblem[] => [{ code: 'PARAM_INVALID', param: place, text: words }];
  if (type === null) return invalid(text(`"${target}" declares an unknown type. Use one of number, integer, string, boolean, date, date-time, time, uri, uuid, catalog, array, file, object.`, `« ${target} » déclare un type inconnu. Utilisez number, integer, string, boolean, date, date-time, time, uri, uuid, catalog, array, file ou object.`));
  if (!parsePath(name).ok || (rules.pattern && !rules.pattern.test(name))) return invalid(text(`"${name}" is not a field name: letters, digits and "_", not starting with a digit.`, `« ${name} » n’est pas un nom de champ : lettres, chiffres et « _ », sans chiffre au début.`));
  if (rules.refuseSystem && isSystem(name)) return invalid(text(`"${name}" is a system field and cannot be created.`, `« ${name} » est un champ système et ne peut être créé.`));
  const before = scope.sources.source ?? scope.sources.left;
  if (!rules.warnOverwrite || !before || !Object.hasOwn(before.fields, name) || !keepsSource(before, scope.view.output)) return [];
  return [{ code: 'FIELD_OVERWRITE', level: 'warning', param: place, text: text(`"${name}" exists already and is overwritten.`, `« ${name} » existe déjà et sera écrasé.`) }];
}

const isSystem = (name: string) => systemFields.some((each) => each === name);

/** Only a step that adds to its source overwrites; one that builds a new model does not. */
function keepsSource(before: ModelSchema, output: ModelSchema): boolean {
  return Object.keys(before.fields).every((name) => Object.hasOwn(output.fields, name));
}

function valueProblems(place: string, value: Json, scope: Scope, forms: readonly string[], port: Port, target?: FieldType): StepProblem[] {
  if (!isJsonObject(value)) return [];
  if (typeof value['expr'] === 'string') {
    if (!forms.includes('expr')) return [{ code: 'PARAM_INVALID', param: place, text: text('An expression cannot be used here.', 'Une expression ne peut être utilisée ici.') }];
    const compiled = compileExpression(value['expr']);
    return compiled.ok ? [] : [{ code: 'PARAM_INVALID', param: place, text: compiled.failure.text }];
  }
  if ('const' in value && target) {
    const constant = value['const'] ?? null;
    if (convert(constant, target).ok) return [];
    return [mismatch(place, JSON.stringify(constant).slice(0, 60), target)];
  }
  // A path of an imported row names a column of the file, not a field of the source.
  if (typeof value['field'] !== 'string' || forms.includes('column')) return [];
  const [path, side] = sided(value['field'], scope, port);
  const found = pathProblems(place, path, scope, side);
  if (found.length > 0 || !target) return found;
  const schema = scope.sources[side];
  const resolved = schema ? resolvePath(schema, path) : undefined;
  return resolved?.found && neverConverts(resolved.field.type, target) ? [mismatch(place, `${path} (${resolved.field.type})`, target)] : [];
}

/** A join's mapping may name its side (`right.city`) when the right model has no such field itself. */
function sided(path: string, scope: Scope, port: Port): [string, Port] {
  const { left, right } = scope.sources;
  if (port !== 'right' || (right && resolvePath(right, path).found)) return [path, port];
  if (path.startsWith('right.')) return [path.slice('right.'.length), 'right'];
  return path.startsWith('left.') && left ? [path.slice('left.'.length), 'left'] : [path, port];
}

function mismatch(place: string, shown: string, target: FieldType): StepProblem {
  return { code: 'TYPE_MISMATCH', param: place, text: text(`${shown} does not fit the type ${target}.`, `${shown} ne convient pas au type ${target}.`) };
}

function mappingProblems(place: string, meta: Extract<ParamMeta, { widget: 'mapping' }>, value: Json, scope: Scope): StepProblem[] {
  const found: StepProblem[] = [];
  const seen = new Set<string>();
  for (const [row, each] of (Array.isArray(value) ? value : []).entries()) {
    if (!isJsonObject(each) || typeof each['target'] !== 'string') continue;
    const at = `${place}[${row}]`;
    const name = meta.target.kind === 'endpointParameter' ? each['target'] : splitTarget(each['target']).name.replace(meta.target.kind === 'componentField' ? /^data\./ : /^$/, '');
    if (seen.has(name)) found.push({ code: 'PARAM_INVALID', param: `${at}.target`, text: text(`"${name}" is set twice. Remove one of the rows.`, `« ${name} » est défini deux fois. Retirez l’une des lignes.`) });
    seen.add(name);
    const target = mappingTarget(`${at}.target`, each['target'], meta.target, meta.forms.includes('column'), scope);
    found.push(...target.problems, ...valueProblems(`${at}.value`, each['value'] ?? null, scope, meta.forms, meta.port ?? 'source', target.type));
  }
  return found;
}

function mappingTarget(place: string, target: string, kind: MappingTarget, ofColumns: boolean, scope: Scope): { problems: StepProblem[]; type?: FieldType } {
  if (kind.kind === 'endpointParameter') return parameterProblems(place, target, scope.params[kind.endpoint] ?? null, scope.context.index.integrations);
  const declared = splitTarget(target).type;
  const type = declared ? { type: declared } : {};
  if (kind.kind === 'column') return { problems: [] };
  if (kind.kind === 'newField') {
    // Imported and transformed items are new models: nothing is overwritten. Only the latter may make system fields.
    const warnOverwrite = !ofColumns && kind.dots !== true;
    return { problems: newFieldProblems(place, target, scope, { refuseSystem: kind.dots !== true, warnOverwrite, pattern: kind.dots ? dottedName : plainName }), ...type };
  }
  const component = componentOf(kind.component, scope);
  const name = splitTarget(target).name.replace(/^data\./, '');
  const field = component?.fields.find((each) => each.name === name);
  return { problems: componentFieldProblems(place, name, component), ...(field ? { type: typeOfField(field) } : {}) };
}

function componentFieldProblems(place: string, name: string, component: ComponentModel | undefined, allowsSystem = false): StepProblem[] {
  if (allowsSystem && (isSystem(name) || (component && resolvePath(entrySchema(component), name.startsWith('data.') ? name : `data.${name}`).found))) return [];
  if (!component || component.fields.some((each) => each.name === name)) return [];
  if (isSystem(name)) return [{ code: 'PARAM_INVALID', param: place, text: text(`"${name}" is a system field and cannot be set.`, `« ${name} » est un champ système et ne peut être fixé.`) }];
  return [{ code: 'FIELD_NOT_FOUND', param: place, text: text(`${component.title} has no field "${name}".`, `${component.title} n’a pas de champ « ${name} ».`) }];
}

/** The component another parameter names; the flow's own when none does. */
function componentOf(param: string | undefined, { params, context }: Scope): ComponentModel | undefined {
  if (param === undefined) return context.component;
  const id = params[param];
  return context.index.components.find((each) => each.id === id);
}

function referenceProblems(place: string, id: string, meta: Extract<ParamMeta, { widget: 'ref' }>, scope: Scope): StepProblem[] {
  if (meta.of === 'component') {
    if (scope.context.index.components.some((each) => each.id === id)) return [];
    return [{ code: 'COMPONENT_NOT_FOUND', param: place, text: text('This component does not exist any more. Choose another.', 'Ce composant n’existe plus. Choisissez-en un autre.') }];
  }
  if (meta.of !== 'flow') return integrationProblems(place, id, meta, scope.params, scope.context.index.integrations);
  const within = meta.within === undefined ? undefined : scope.params[meta.within];
  const flow = scope.context.index.flows.find((each) => each.id === id && each.kind === meta.kind && (typeof within !== 'string' || each.componentId === within));
  if (!flow) return [{ code: 'FLOW_NOT_FOUND', param: place, text: text('This flow does not exist any more, or belongs to another component. Choose another.', 'Ce flux n’existe plus, ou appartient à un autre composant. Choisissez-en un autre.') }];
  if (flow.publishedVersion !== null) return [];
  return [{ code: 'NOT_PUBLISHED', param: place, text: text(`"${flow.name}" has no published version. Publish it first.`, `« ${flow.name} » n’a pas de version publiée. Publiez-le d’abord.`) }];
}

function filterProblems(place: string, value: Json, component: ComponentModel | undefined, scope: Scope): StepProblem[] {
  if (!isJsonObject(value) || !component) return [];
  const schema = entrySchema(component);
  return ['all', 'any'].flatMap((part) => {
    const conditions = value[part];
    return (Array.isArray(conditions) ? conditions : []).flatMap((each, row) => (isJsonObject(each) ? conditionProblems(`${place}.${part}[${row}]`, each, { component, schema, scope }) : []));
  });
}

type ConditionFacts = { component: ComponentModel; schema: ModelSchema; scope: Scope };

function conditionProblems(at: string, condition: JsonObject, { component, schema, scope }: ConditionFacts): StepProblem[] {
  const { field: path, operator, value = null } = condition;
  if (typeof path !== 'string') return [];
  const own = [path, `data.${path}`].map((each) => resolvePath(schema, each)).find((each) => each.found);
  if (!own?.found) return [{ code: 'FIELD_NOT_FOUND', param: `${at}.field`, text: text(`${component.title} has no field "${path}".`, `${component.title} n’a pas de champ « ${path} ».`) }];
  if (component.fields.find((each) => each.name === path.replace(/^data\./, '').split('.')[0])?.virtual) return [{ code: 'PARAM_INVALID', param: `${at}.field`, text: text(`"${path}" is virtual: it is never stored, so it cannot be filtered by.`, `« ${path} » est virtuel : jamais enregistré, il ne peut servir de filtre.`) }];
  if (condition['compareWithNull'] === true) {
    const equality = operator === 'equal' || operator === 'notEqual';
    return equality ? [] : [{ code: 'PARAM_INVALID', param: `${at}.operator`, text: text('Only "equal to" and "not equal to" compare with null.', 'Seuls « égal à » et « différent de » se comparent avec null.') }];
  }
  if (!isJsonObject(value)) return [];
  if (operator === 'in' && 'const' in value && !Array.isArray(value['const'])) return [{ code: 'PARAM_INVALID', param: `${at}.value`, text: text('"is one of" needs a list.', '« est parmi » demande une liste.') }];
  const plain = operator !== 'in' && operator !== 'contains' && operator !== 'startsWith';
  const comparable: FieldType | undefined = plain && own.field.type !== 'catalog' && own.field.type !== 'array' && own.field.type !== 'file' ? own.field.type : undefined;
  return valueProblems(`${at}.value`, value, scope, ['const', 'field'], 'source', comparable);
}
