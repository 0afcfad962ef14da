import type { ComponentField, ComponentModel } from './component-model';
import type { FieldType, ModelField, ModelSchema } from './model-schema';

const types: Record<ComponentField['type'], FieldType> = {
  string: 'string', number: 'number', integer: 'integer', boolean: 'boolean', datetime: 'date-time', date: 'date', time: 'time', uri: 'uri',
  catalog: 'catalog', array: 'array', file: 'file',
};

export function typeOfField(field: ComponentField): FieldType {
  return types[field.type];
}

export function modelField(field: ComponentField): ModelField {
  return {
    type: types[field.type], title: field.title,
    ...(field.enum ? { enum: field.enum } : {}),
    ...(field.componentId ? { componentId: field.componentId } : {}),
    ...(field.items ? { items: elementField(field.items) } : {}),
  };
}

function elementField(items: NonNullable<ComponentField['items']>): ModelField {
  if (items.type === 'catalog') return { type: 'catalog', componentId: items.componentId };
  if (items.type === 'object') return { type: 'object', open: true };
  return { type: items.type === 'datetime' ? 'date-time' : items.type };
}

/** The entry model: system fields at the root, the component's own under `data`. */
export function entrySchema(component: ComponentModel, origin?: string): ModelSchema {
  const from = origin ? { origin } : {};
  const data = Object.fromEntries(component.fields.map((field) => [field.name, { ...modelField(field), ...from }]));
  return {
    cardinality: 'one', open: false,
    fields: {
      id: { type: 'integer', ...from }, name: { type: 'string', ...from }, createdDate: { type: 'date-time', ...from }, updateDate: { type: 'date-time', ...from },
      creatorSubject: { type: 'catalog', ...from }, changeAuthor: { type: 'catalog', ...from }, data: { type: 'object', fields: data, open: false, ...from },
    },
  };
}
