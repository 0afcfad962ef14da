import { splitTarget } from '../../../convert';
import { targetsOf, typed } from '../../../evaluate';
import type { ModelField } from '../../../model-schema';
import { parsePath, writePath } from '../../../path';
import type { StepProblem } from '../../../problems';
import { fieldOfTarget } from '../../../schema-of';
import { text } from '../../../text';
import type { MappingRow } from '../../../value';
import type { Item } from '../../capabilities';
import { defineDataflowStep } from '../../define-step';
import { field } from '../../field';
import { perItem } from '../../per-item';

export const transformModel = defineDataflowStep(
  {
    fieldsMapping: field.mapping(text('Fields mapping', 'Mappage des champs'), {
      required: true, target: { kind: 'newField', dots: true }, addLabel: text('Add field', 'Ajouter un champ'),
      help: text('The fields of the new model; whatever is not listed is dropped.', 'Les champs du nouveau modèle ; ce qui n’y figure pas disparaît.'),
    }),
  },
  {
    id: 'transform-model', group: 'transform', class: 'pure', version: 1, icon: 'shuffle', sources: 'one', cardinality: 'n→n',
    title: text('Transform model', 'Transformer le modèle'),
    summary: text('Build a new model from chosen fields', 'Construit un nouveau modèle avec les champs choisis'),
    help: text(
      'Builds a new model that holds only the mapped fields: rename, drop, restructure. A dot in a target makes an object. Missing source fields become null; arrays, objects and references are copied whole.',
      'Construit un nouveau modèle qui ne contient que les champs mappés : renommer, retirer, restructurer. Un point dans une cible crée un objet. Un champ source absent devient null ; tableaux, objets et références sont copiés entiers.'),
    errors: ['PARAM_REQUIRED', 'PARAM_INVALID', 'TYPE_MISMATCH'],
    examples: [{
      title: text('Rename one field', 'Renommer un champ'), input: [{ id: 7, data: { first: 'A', tmp: 1 } }],
      params: { fieldsMapping: [{ target: 'firstName', value: { field: 'data.first' } }] }, output: [{ firstName: 'A' }],
    }],
    foot: ({ fieldsMapping }) => {
      const names = (fieldsMapping ?? []).map((row) => splitTarget(row.target).name).join(', ');
      return text(names, names);
    },
    problems: ({ fieldsMapping }) => targetClashes(fieldsMapping ?? []),
    outputSchema: ({ fieldsMapping }, { source }) => {
      let root: ModelField = { type: 'object', fields: {} };
      for (const row of fieldsMapping ?? []) {
        const made = fieldOfTarget(row.target, row.value, source);
        root = nested(root, made.name.split('.'), made.field);
      }
      return { cardinality: source?.cardinality ?? 'many', open: false, fields: root.fields ?? {} };
    },
    run: ({ fieldsMapping }, { source }, use) => {
      const targets = targetsOf(fieldsMapping ?? [], use);
      const flat = targets.every((target) => !/[.[]/.test(target.name));
      return perItem(source, use, (item) => {
        let made: Item = {};
        for (const target of targets) {
          const value = typed(target.get(item, source.items), target.type, target.name);
          if (flat) made[target.name] = value;
          else made = writePath(made, target.name, value);
        }
        return made;
      });
    },
  },
);

function nested(root: ModelField, path: string[], leaf: ModelField): ModelField {
  const [first, ...rest] = path;
  if (first === undefined) return leaf;
  return { ...root, type: 'object', fields: { ...root.fields, [first]: nested(root.fields?.[first] ?? { type: 'object' }, rest, leaf) } };
}

/** A target used twice, or one that is the beginning of another (`a` and `a.b`). */
export function targetClashes(rows: readonly MappingRow[]): StepProblem[] {
  const names = rows.map((row) => splitTarget(row.target).name);
  return names.flatMap((name, place): StepProblem[] => {
    const param = `fieldsMapping[${place}].target`;
    if (!parsePath(name).ok) return [{ code: 'PARAM_INVALID', param, text: text(`"${name}" is not a field name.`, `« ${name} » n’est pas un nom de champ.`) }];
    const clash = names.some((other, at) => at < place && (other === name || other.startsWith(`${name}.`) || name.startsWith(`${other}.`)));
    return clash ? [{ code: 'PARAM_INVALID', param, text: text(`The field "${name}" is set twice, or lies inside another one. Rename it.`, `Le champ « ${name} » est défini deux fois, ou se trouve dans un autre. Renommez-le.`) }] : [];
  });
}
