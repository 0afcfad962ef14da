import { expect, it } from 'vitest';
import { emptyDefinition } from '#flow/canonical';
import { addStep, createDocument, definitionOf, moveSteps, removeSteps, renameStep, setParam, setSource } from '#flow/document';
import { ChangeRecord } from './change-record';

function recorded() {
  const doc = createDocument(emptyDefinition('dataflow', 'Rain'));
  const stageId = definitionOf(doc).lanes[0]?.stages[0]?.id ?? '';
  const first = addStep(doc, { stageId, index: 0, type: 'get-raw-model', name: 'Given' }, 'test');
  const second = addStep(doc, { stageId, index: 1, type: 'distinct', name: 'Once', sources: { source: first } }, 'test');
  const record = new ChangeRecord(doc);
  let seq = 0;
  const edit = (userId: string, work: () => void) => {
    record.beforeEdit();
    work();
    record.edited(userId, ++seq);
  };
  return { doc, stageId, first, second, record, edit };
}
const brief = (rows: ReturnType<ChangeRecord['take']>) => rows.map(({ userId, seq, stepId, key, op, old, new: now }) => [userId, seq, stepId, key, op, old, now]);

it('C7 names step, key, old, new and author of each change, each update on its own', () => {
  const { doc, second, record, edit } = recorded();
  edit('ana', () => renameStep(doc, second, 'Only once', 'test'));
  edit('ana', () => setParam(doc, second, 'keys', ['day'], 'test'));
  edit('bo', () => renameStep(doc, second, 'Unique', 'test'));
  const rows = brief(record.take());
  expect(rows).toEqual(expect.arrayContaining([['ana', 1, second, 'name', 'set', 'Once', 'Only once'], ['bo', 3, second, 'name', 'set', 'Only once', 'Unique']]));
  expect(rows.filter(([userId]) => userId === 'bo')).toHaveLength(1);
  expect(rows.some(([userId, , stepId, key]) => userId === 'ana' && stepId === second && String(key).includes('keys'))).toBe(true);
  expect(record.take()).toEqual([]);
});

it('C7 reading only what was touched tells the same as reading everything', () => {
  const { doc, stageId, first, second, record, edit } = recorded();
  const works = [
    () => renameStep(doc, first, 'Input', 'test'), () => setParam(doc, second, 'keys', ['a', 'b'], 'test'), () => setParam(doc, second, 'keys', ['b', 'c'], 'test'),
    () => moveSteps(doc, [second], { stageId, index: 0 }, 'test'), () => setSource(doc, second, 'source', null, 'test'), () => renameStep(doc, second, 'Moved', 'test'),
    () => removeSteps(doc, [first], 'ana', 'test'), () => renameStep(doc, second, 'Last', 'test'),
  ];
  for (const work of works) {
    edit('ana', work);
    expect(record.take().length).toBeGreaterThan(0);
    expect(record.definition).toEqual(definitionOf(doc));
  }
});
