'use client';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { isJsonObject, type Json, type JsonObject } from '#flow/json';
import type { Field } from './view-model';

/** A schema as people read it: names, types, limits; named ones lead to their own place on the page. */
export function SchemaView({ schema, depth = 0 }: { schema: JsonObject; depth?: number }) {
  const list = choicesOf(schema);
  const inner = schema['type'] === 'array' && isJsonObject(schema['items']) ? schema['items'] : schema;
  const fields = fieldsOf(inner);
  if (fields.length === 0 || depth > 4) return <p className="text-xs text-muted"><TypeWords schema={schema} /></p>;
  return (
    <div>
      {(list.length > 0 || inner !== schema) && <p className="mb-1 text-xs text-muted"><TypeWords schema={schema} /></p>}
      <FieldRows fields={fields} depth={depth} />
    </div>
  );
}

export function FieldRows({ fields, depth = 0 }: { fields: readonly Field[]; depth?: number }) {
  const t = useTranslations('apiReference');
  return (
    <dl className="divide-y divide-line rounded-2 border border-line">
      {fields.map((field) => {
        const inner = field.schema['type'] === 'array' && isJsonObject(field.schema['items']) ? field.schema['items'] : field.schema;
        const below = depth < 4 ? fieldsOf(inner) : [];
        return (
          <div key={field.name} className="px-3 py-1.5">
            <dt className="flex flex-wrap items-baseline gap-x-2 text-xs"><code className="mono font-medium text-text">{field.name}</code>{field.required && <span className="text-2xs text-danger">{t('required')}</span>}</dt>
            <dd className="text-xs text-muted">
              <TypeWords schema={field.schema} />
              {typeof field.schema['description'] === 'string' && <p>{field.schema['description']}</p>}
              {below.length > 0 && <div className="mt-1.5"><FieldRows fields={below} depth={depth + 1} /></div>}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

function fieldsOf(schema: JsonObject): Field[] {
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  return isJsonObject(schema['properties']) ? Object.entries(schema['properties']).map(([name, each]) => ({ name, required: required.includes(name), schema: isJsonObject(each) ? each : {} })) : [];
}

function choicesOf(schema: JsonObject): JsonObject[] {
  const found = [schema['anyOf'], schema['oneOf'], schema['allOf']].find((each) => Array.isArray(each));
  return Array.isArray(found) ? found.filter(isJsonObject) : [];
}

function TypeWords({ schema }: { schema: JsonObject }): ReactNode {
  const t = useTranslations('apiReference');
  if (typeof schema['$ref'] === 'string') {
    const name = schema['$ref'].split('/').at(-1) ?? '';
    return <a href={`#schema-${name}`} translate="no" className="mono words-link">{name}</a>;
  }
  const choices = choicesOf(schema);
  if (choices.length > 0) return <>{choices.map((each, index) => <span key={index}>{index > 0 && ` ${t('or')} `}<TypeWords schema={each} /></span>)}</>;
  if (schema['type'] === 'array') return <>{t('listOf')} {isJsonObject(schema['items']) ? <TypeWords schema={schema['items']} /> : t('anything')}</>;
  const values = Array.isArray(schema['enum']) ? schema['enum'] : schema['const'] === undefined ? [] : [schema['const']];
  if (values.length > 0) return <code className="mono break-words">{values.map((each) => JSON.stringify(each)).join(' | ')}</code>;
  const type = typeof schema['type'] === 'string' ? schema['type'] : t('anything');
  return <><code className="mono">{type}</code>{limitsOf(schema).map((limit) => <span key={limit} className="ml-1.5 text-faint">{limit}</span>)}</>;
}

const limitKeys: Record<string, string> = { minimum: '≥', maximum: '≤', exclusiveMinimum: '>', exclusiveMaximum: '<' };

function limitsOf(schema: JsonObject): string[] {
  const shown = (value: Json | undefined) => (value === undefined ? '' : String(value));
  const length = schema['minLength'] !== undefined || schema['maxLength'] !== undefined ? [`${shown(schema['minLength']) || '0'}…${shown(schema['maxLength'])}`] : [];
  const bounds = Object.entries(limitKeys).flatMap(([key, sign]) => (schema[key] === undefined ? [] : [`${sign} ${shown(schema[key])}`]));
  const fallback = schema['default'] === undefined ? [] : [`= ${JSON.stringify(schema['default'])}`];
  return [...(typeof schema['format'] === 'string' ? [schema['format']] : []), ...length, ...bounds, ...fallback];
}
