import type { ComponentModel } from './component-model';
import { stepKey, stepsOf, type FlowDefinition } from './flow';
import { isJsonObject, type Json } from './json';
import { parsePath } from './path';
import { placeholdersIn } from './placeholders';
import { stepType } from './steps/index';

/** The fields of its component that a workflow reads or writes: what others leave alone while it waits for an answer. */
export function fieldsUsed(definition: FlowDefinition, component: ComponentModel): string[] {
  const used = new Set<string>();
  const add = (path: string) => {
    const parsed = parsePath(path.replace(/^data\./, ''));
    const first = parsed.ok ? parsed.segments[0] : undefined;
    if (typeof first === 'string') used.add(first);
  };
  for (const step of stepsOf(definition)) {
    if (step.disabled) continue;
    const metas = stepType(stepKey(definition.kind, step.type))?.params ?? {};
    for (const [key, value] of Object.entries(step.params ?? {})) {
      const widget = Object.hasOwn(metas, key) ? metas[key]?.widget : undefined;
      if (widget === 'longText' && typeof value === 'string') placeholdersIn(value).forEach(add);
      if (widget === 'path' && typeof value === 'string') add(value);
      if (widget === 'paths' || widget === 'value' || widget === 'mapping') pathsIn(value).forEach(add);
    }
  }
  return component.fields.map((each) => each.name).filter((name) => used.has(name));
}

function pathsIn(value: Json): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(pathsIn);
  if (!isJsonObject(value)) return [];
  return typeof value['field'] === 'string' ? [value['field']] : pathsIn(value['value'] ?? null);
}
