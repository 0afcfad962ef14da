import { userInfoComponent } from '../../../component-model';
import { entrySchema } from '../../../component-schema';
import { isJsonObject, type Json } from '../../../json';
import type { ModelField, ModelSchema } from '../../../model-schema';
import { readPath, resolvePath, writePath } from '../../../path';
import type { StepProblem } from '../../../problems';
import { text } from '../../../text';
import type { WorkspaceIndex } from '../../../workspace-index';
import type { Item, StepUse } from '../../capabilities';
import { defineDataflowStep } from '../../define-step';
import { field } from '../../field';
import { perItem } from '../../per-item';

const many = 5;
const deepest = 6;

export const loadCatalogsByKey = defineDataflowStep(
  {
    fields: field.paths(text('Catalog fields', 'Champs catalogue'), { expects: ['catalog', 'array'], help: text('Which references to load; none means all of the model.', 'Les références à charger ; aucune : toutes celles du modèle.') }),
  },
  {
    id: 'load-catalogs-by-key', group: 'transform', class: 'read', version: 1, icon: 'library', sources: 'one', cardinality: 'n→n',
    title: text('Load catalogs by key', 'Charger des catalogues par clé'), summary: text('Replace references by the entries they name', 'Remplace les références par leurs entrées'),
    help: text(
      'Replaces the references of the model, or those chosen, by the entries they refer to, one level deep; one query per component. For one or two references "Get entity by id" is lighter. A reference to a deleted entry keeps its id and name and gets "$missing": true; an empty one stays empty. References to people get what is known of them. Who created and who changed an entry is loaded only when chosen.',
      'Remplace les références du modèle, ou celles choisies, par les entrées désignées, sur un niveau ; une requête par composant. Pour une ou deux références, « Obtenir l’entrée par ID » est plus léger. Une référence vers une entrée supprimée garde identifiant et nom et reçoit "$missing": true ; une référence vide reste vide. Les références à des personnes reçoivent ce qu’on en sait. Le créateur et le dernier auteur d’une entrée ne sont chargés que s’ils sont choisis.'),
    errors: ['ACCESS_DENIED', 'TYPE_MISMATCH'],
    examples: [{
      title: text('The entry behind a reference', 'L’entrée derrière une référence'), params: { fields: ['data.car'] }, input: [{ data: { car: { id: 7, name: 'X1' } } }, { data: { car: { id: 9, name: 'Gone' } } }],
      entries: [{ id: 7, name: 'X1', createdDate: null, updateDate: null, creatorSubject: null, changeAuthor: null, data: { note: 'red' } }],
      output: [{ data: { car: { id: 7, name: 'X1', createdDate: null, updateDate: null, creatorSubject: null, changeAuthor: null, data: { note: 'red' } } } }, { data: { car: { id: 9, name: 'Gone', $missing: true } } }],
    }],
    foot: ({ fields }) => (fields?.length ? text(fields.join(', '), fields.join(', ')) : text('all references', 'toutes les références')),
    problems: ({ fields }, { source }) => (source ? fieldProblems(fields ?? [], source) : []),
    outputSchema: ({ fields }, { source }, { index }) => loadedSchema(source ?? { cardinality: 'many', open: true, fields: {} }, fields ?? [], index),
    run: async ({ fields }, { source }, use) => {
      const references = referencesOf(await use.sourceSchema(), fields ?? []);
      if (references.length === 0) use.warn(text('The model says of no field that it is a reference: nothing was loaded.', 'Le modèle ne déclare aucune référence : rien n’a été chargé.'));
      const loaded = await load(source.items, references, use);
      return perItem(source, use, (item) => references.reduce((made: Item, each) => {
        const value = readPath(made, each.path);
        return value === null ? made : writePath(made, each.path, filled(value, loaded.get(each.componentId)));
      }, item));
    },
  },
);

type Reference = { path: string; componentId: string };
type Id = number | string;
type Loaded = Map<string, ReadonlyMap<Id, { [key: string]: Json }>>;

/** The references of a model: catalog fields and lists of them, inside objects too. */
function detected(fields: Record<string, ModelField>, prefix = '', depth = 0): { path: string; componentId: string | undefined }[] {
  if (depth > deepest) return [];
  return Object.entries(fields).flatMap(([name, each]) => {
    const path = `${prefix}${/[.[\]"]/.test(name) ? `["${name}"]` : name}`;
    if (each.type === 'catalog') return [{ path, componentId: each.componentId }];
    if (each.type === 'array' && each.items?.type === 'catalog') return [{ path, componentId: each.items.componentId }];
    return each.type === 'object' && each.fields ? detected(each.fields, `${path}.`, depth + 1) : [];
  });
}

const isPerson = (path: string) => /(^|\.)(creatorSubject|changeAuthor)$/.test(path);

function referencesOf(schema: ModelSchema, chosen: readonly string[]): Reference[] {
  const all = detected(schema.fields);
  const wanted = chosen.length === 0 ? all.filter((each) => !isPerson(each.path)) : all.filter((each) => chosen.includes(each.path));
  return wanted.map(({ path, componentId }) => ({ path, componentId: componentId ?? userInfoComponent }));
}

function fieldProblems(chosen: readonly string[], source: ModelSchema): StepProblem[] {
  const found: StepProblem[] = chosen.flatMap((path, place): StepProblem[] => {
    const resolved = resolvePath(source, path);
    const isReference = !resolved.found || resolved.field.type === 'catalog' || resolved.field.type === 'unknown' || (resolved.field.type === 'array' && (resolved.field.items?.type ?? 'unknown') === 'catalog');
    return isReference ? [] : [{ code: 'TYPE_MISMATCH', param: `fields[${place}]`, text: text(`"${path}" is not a reference.`, `« ${path} » n’est pas une référence.`) }];
  });
  const count = referencesOf(source, chosen).length;
  if (count > many) found.push({ code: 'PARAM_INVALID', level: 'warning', param: 'fields', text: text(`${count} references are loaded for each item. Choose those the flow needs.`, `${count} références sont chargées par élément. Choisissez celles dont le flux a besoin.`) });
  return found;
}

async function load(items: readonly Item[], references: readonly Reference[], use: StepUse): Promise<Loaded> {
  const wanted = new Map<string, Set<Id>>();
  for (const { path, componentId } of references) {
    const ids = wanted.get(componentId) ?? new Set();
    for (const item of items) for (const id of idsIn(readPath(item, path))) ids.add(id);
    wanted.set(componentId, ids);
  }
  const loaded: Loaded = new Map();
  for (const [componentId, ids] of wanted) {
    const isKnown = componentId === userInfoComponent || (await use.component(componentId)) !== null;
    loaded.set(componentId, ids.size === 0 || !isKnown ? new Map() : await use.entriesById(componentId, [...ids]));
  }
  return loaded;
}

function idsIn(value: Json): Id[] {
  if (Array.isArray(value)) return value.flatMap(idsIn);
  const id = isJsonObject(value) ? value['id'] : null;
  return typeof id === 'number' || typeof id === 'string' ? [id] : [];
}

function filled(value: Json, entries: ReadonlyMap<Id, { [key: string]: Json }> | undefined): Json {
  if (Array.isArray(value)) return value.map((each) => filled(each, entries));
  const id = isJsonObject(value) ? value['id'] : null;
  if (!isJsonObject(value) || (typeof id !== 'number' && typeof id !== 'string')) return value;
  return entries?.get(id) ?? entries?.get(Number(id)) ?? { ...value, $missing: true };
}

/** The chosen references with the fields of what they refer to. */
function loadedSchema(source: ModelSchema, chosen: readonly string[], index: WorkspaceIndex): ModelSchema {
  let root: ModelField = { type: 'object', fields: source.fields, open: source.open };
  for (const { path, componentId } of referencesOf(source, chosen)) {
    const model = index.components.find((each) => each.id === componentId);
    const own: Record<string, ModelField> = model ? entrySchema(model).fields : { id: { type: 'string' }, name: { type: 'string' }, data: { type: 'object', open: false, fields: { email: { type: 'string' } } } };
    root = replaced(root, path.split('.'), { ...own, $missing: { type: 'boolean' } });
  }
  return { ...source, fields: root.fields ?? source.fields };
}

function replaced(at: ModelField, [name, ...rest]: string[], fields: Record<string, ModelField>): ModelField {
  if (name === undefined) return at.type === 'array' ? { ...at, items: { type: 'catalog', ...at.items, fields } } : { ...at, fields };
  const child = at.fields?.[name];
  return child ? { ...at, fields: { ...at.fields, [name]: replaced(child, rest, fields) } } : at;
}
