import { emptyDefinition } from '#flow/canonical';
import type { FlowDefinition } from '#flow/flow';

/** A flow of so many steps in stages of twenty, each with a parameter and a source, as large ones are. */
export function largeFlow(steps: number): FlowDefinition {
  const stages = Array.from({ length: Math.ceil(steps / 20) }, (_, stage) => ({
    id: `stg_${stage}`, name: `Stage ${stage}`,
    steps: Array.from({ length: Math.min(20, steps - stage * 20) }, (_each, place) => {
      const at = stage * 20 + place;
      return at === 0
        ? { id: 'stp_0', type: 'get-raw-model', name: 'Given', params: { model: '{"precipitation":1,"weather":"rain"}' } }
        : { id: `stp_${at}`, type: 'filter-source', name: `Only what counts ${at}`, sources: { source: `stp_${at - 1}` }, params: { srcField: 'precipitation', operator: 'less', filterValue: { const: at } } };
    }),
  }));
  return { ...emptyDefinition('dataflow', `Flow of ${steps}`), lanes: [{ id: 'main', stages }] };
}
