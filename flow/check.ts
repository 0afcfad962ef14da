import { paramProblems } from './check-params';
import { definitionLimits, type FlowDefinition } from './flow';
import { graphOf, type FlowGraph } from './graph';
import { laneFacts, laneProblems, type LaneFacts } from './check-lanes';
import type { Problem, StepProblem } from './problems';
import { policyProblems } from './retry-policy';
import { portsOf } from './canonical';
import { staticContext, viewsOf, type FlowContext, type StepView } from './propagate';
import type { StaticContext } from './steps/define-step';
import { text } from './text';

/** Every design problem of a flow (steps.md §1.7), in position order, those of the whole flow last. */
export function problemsOf(definition: FlowDefinition, context: FlowContext): Problem[] {
  const graph = graphOf(definition);
  const facts = staticContext(context);
  const views = viewsOf(definition, context);
  const isInput = context.flowId !== undefined && facts.component.settings.inputFlowId === context.flowId;
  const flow = { ...flowFacts(definition, views), isInput };
  const problems: Problem[] = [];
  for (const id of graph.order) {
    const view = views.get(id);
    if (!view) continue;
    const found = [...sourceProblems(view, graph), ...(view.step.disabled ? [] : [...nameProblems(view, flow), ...stepProblems(view, facts), ...policyProblems(view.step, definition.settings?.timeoutMs), ...placeProblems(view, facts, graph, flow)])];
    const stageId = graph.places.get(id)?.stage.id;
    for (const each of unique(found)) problems.push(problem(each, { stepId: id, ...(stageId ? { stageId } : {}) }));
  }
  return [...problems, ...wholeFlow(definition, context, flow, graph).map((each) => problem(each, {}))];
}

function problem(found: StepProblem, where: { stepId?: string; stageId?: string }): Problem {
  const { code, level, param, text: words, instead } = found;
  return { code, level: level ?? 'error', ...where, ...(param ? { param } : {}), message: words.en, text: words, ...(instead ? { instead } : {}) };
}

/** The first of several with one code at one place: a step's own check and the general one may both see it. */
function unique(found: readonly StepProblem[]): StepProblem[] {
  if (found.length < 2) return [...found];
  const seen = new Set<string>();
  return found.filter((each) => {
    const key = `${each.code} ${each.param ?? ''}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

const portWords = { source: text('source', 'source'), left: text('left source', 'source de gauche'), right: text('right source', 'source de droite') };

function sourceProblems({ step, type }: StepView, graph: FlowGraph): StepProblem[] {
  if (!type || type.kind === 'workflow' || type.sources === 'none') return [];
  if (step.disabled && graph.consumersOf(step.id).length === 0) return [];
  const found: StepProblem[] = [];
  for (const port of portsOf(type)) {
    const stepId = step.sources?.[port];
    const words = portWords[port];
    if (stepId === undefined && type.sources !== 'optional') {
      found.push({ code: 'SOURCE_MISSING', param: port, text: text(`"${step.name}" has no ${words.en}. Choose the step it reads from.`, `« ${step.name} » n’a pas de ${words.fr}. Choisissez l’étape qu’elle lit.`) });
    } else if (stepId !== undefined && !graph.places.has(stepId)) {
      found.push({ code: 'SOURCE_MISSING', param: port, text: text(`The ${words.en} of "${step.name}" was deleted. Choose another step.`, `La ${words.fr} de « ${step.name} » a été supprimée. Choisissez une autre étape.`) });
    } else if (stepId !== undefined && !graph.sourcesOf(step.id).some((link) => link.port === port)) {
      const source = graph.places.get(stepId)?.step.name ?? stepId;
      found.push({ code: 'SOURCE_ORDER', param: port, text: text(`"${source}" stands after "${step.name}" and cannot be its ${words.en}. Move one of them.`, `« ${source} » se trouve après « ${step.name} » et ne peut en être la ${words.fr}. Déplacez l’une des deux.`) });
    }
  }
  const { left, right } = step.sources ?? {};
  if (type.sources === 'two' && left !== undefined && left === right) found.push({ code: 'PARAM_INVALID', param: 'right', text: text('Both sides are the same step. Choose another one for the right.', 'Les deux côtés sont la même étape. Choisissez-en une autre à droite.') });
  return found;
}

/** Facts of the whole flow, gathered once. */
type FlowFacts = { isInput: boolean; firstNamed: Map<string, string>; callerModel: string | null; responds: boolean; lastStore: number; lastApply: number; ended: Map<string, number>; lanes: LaneFacts };

function flowFacts(definition: FlowDefinition, views: ReadonlyMap<string, StepView>): Omit<FlowFacts, 'isInput'> {
  const facts: Omit<FlowFacts, 'isInput'> = { firstNamed: new Map(), callerModel: null, responds: false, lastStore: -1, lastApply: -1, ended: new Map(), lanes: laneFacts(definition, views) };
  let place = 0;
  for (const lane of definition.lanes) {
    for (const step of lane.stages.flatMap((stage) => stage.steps)) {
      const type = views.get(step.id)?.type;
      if (!facts.firstNamed.has(step.name)) facts.firstNamed.set(step.name, step.id);
      if (!step.disabled && type?.kind === 'dataflow') {
        if (type.callerModel) facts.callerModel ??= step.id;
        if (type.class === 'terminal') facts.responds = true;
        if (type.deferred === 'applies') facts.lastApply = place;
      }
      if (!step.disabled && type?.kind === 'workflow') {
        if (type.stores) facts.lastStore = place;
        if (type.leaves && !facts.ended.has(lane.id)) facts.ended.set(lane.id, place);
      }
      place++;
    }
  }
  return facts;
}

function nameProblems({ step }: StepView, { firstNamed }: FlowFacts): StepProblem[] {
  if (firstNamed.get(step.name) === step.id) return [];
  return [{ code: 'PARAM_INVALID', param: 'name', text: text(`Another step is named "${step.name}". Give each step its own name.`, `Une autre étape s’appelle « ${step.name} ». Donnez à chaque étape son propre nom.`) }];
}

function stepProblems(view: StepView, context: StaticContext): StepProblem[] {
  if (!view.type) return [{ code: 'PARAM_INVALID', param: 'type', text: text(`There is no step type "${view.step.type}" here. Delete the step, or reload for a newer version.`, `Il n’y a pas de type d’étape « ${view.step.type} » ici. Supprimez l’étape, ou rechargez pour une version plus récente.`) }];
  const own = view.prepared?.ok ? view.prepared.plan.problems(view.sources, context) : [];
  return [...paramProblems(view, context), ...own];
}

/** Not in an input dataflow. */
const needsPerson: ReadonlySet<string> = new Set(['get-workflow-model', 'get-action-model', 'form-action', 'login-with-password']);

function placeProblems(view: StepView, context: StaticContext, graph: FlowGraph, flow: FlowFacts): StepProblem[] {
  const { step, type } = view;
  if (!type) return [];
  if (type.kind === 'workflow') return [...laneProblems(view, context, flow.lanes), ...workflowPlace(step.id, type.class, graph, flow)];
  const found: StepProblem[] = [];
  if (type.callerModel && flow.callerModel !== step.id) {
    const first = graph.places.get(flow.callerModel ?? '')?.step.name ?? '';
    found.push({ code: 'STEP_NOT_ALLOWED_HERE', text: text(`"${first}" already takes the caller’s model, and only one step may. Remove one of them.`, `« ${first} » prend déjà le modèle de l’appelant, et une seule étape le peut. Retirez l’une des deux.`) });
  }
  if (flow.isInput && needsPerson.has(type.id)) {
    found.push({ code: 'STEP_NOT_ALLOWED_HERE', text: text(`"${step.name}" needs a person or a caller, and nobody stands behind the component’s input dataflow, which cron and messages run. Remove the step, or choose another input dataflow.`, `« ${step.name} » demande une personne ou un appelant, et il n’y en a pas derrière le flux d’entrée du composant, que lancent le cron et les messages. Retirez l’étape, ou choisissez un autre flux d’entrée.`) });
  }
  if (type.deferred === 'queues' && flow.lastApply < (positions(graph).get(step.id) ?? 0)) {
    found.push({ code: 'DEFERRED_NOT_APPLIED', level: 'warning', text: text(`No later step writes what "${step.name}" queues. Add "Apply deferred update operations" behind.`, `Aucune étape ultérieure n’écrit ce que « ${step.name} » met en file. Ajoutez « Appliquer les opérations différées » après.`) });
  }
  if (type.class === 'pure' && graph.consumersOf(step.id).length === 0) {
    found.push({ code: 'UNUSED_OUTPUT', level: 'warning', text: text(`Nobody reads what "${step.name}" gives.`, `Personne ne lit ce que donne « ${step.name} ».`) });
  }
  return found;
}

function workflowPlace(id: string, kind: string, graph: FlowGraph, flow: FlowFacts): StepProblem[] {
  const at = graph.places.get(id);
  const place = positions(graph).get(id) ?? 0;
  const end = at ? flow.ended.get(at.lane.id) : undefined;
  if (end !== undefined && place > end) {
    return [{ code: 'UNREACHABLE_STEP', level: 'warning', text: text('The script never comes here: it ends or branches off before this step.', 'Le script n’arrive jamais ici : il se termine ou bifurque avant cette étape.') }];
  }
  if (kind === 'pure' && place > flow.lastStore) {
    return [{ code: 'UNUSED_OUTPUT', level: 'warning', text: text('No later step stores the changed model. Add "Update model" behind.', 'Aucune étape ultérieure n’enregistre le modèle modifié. Ajoutez « Mettre à jour le modèle » après.') }];
  }
  return [];
}

const positionsOf = new WeakMap<FlowGraph, Map<string, number>>();

function positions(graph: FlowGraph): Map<string, number> {
  const cached = positionsOf.get(graph);
  if (cached) return cached;
  const made = new Map(graph.order.map((id, place) => [id, place]));
  positionsOf.set(graph, made);
  return made;
}

function wholeFlow(definition: FlowDefinition, context: FlowContext, flow: FlowFacts, graph: FlowGraph): StepProblem[] {
  const found: StepProblem[] = [];
  if (!context.index.components.some((each) => each.id === context.componentId)) {
    found.push({ code: 'COMPONENT_NOT_FOUND', text: text('The component of this flow was deleted.', 'Le composant de ce flux a été supprimé.') });
  }
  if (graph.order.length > definitionLimits.steps) {
    found.push({ code: 'LIMIT_EXCEEDED', text: text(`This flow has ${graph.order.length} steps; ${definitionLimits.steps} are the limit.`, `Ce flux a ${graph.order.length} étapes ; la limite est ${definitionLimits.steps}.`) });
  }
  const stages = definition.lanes.reduce((count, lane) => count + lane.stages.length, 0);
  if (stages > definitionLimits.stages) {
    found.push({ code: 'LIMIT_EXCEEDED', text: text(`This flow has ${stages} stages; ${definitionLimits.stages} are the limit.`, `Ce flux a ${stages} phases ; la limite est ${definitionLimits.stages}.`) });
  }
  const asked = definition.settings?.generateApi === true || (flow.callerModel !== null && asksForAnswer(graph, flow.callerModel));
  if (definition.kind === 'dataflow' && asked && !flow.responds) {
    found.push({ code: 'RESPONSE_MISSING', level: 'warning', text: text('The caller of this flow gets no answer. Add "Write response".', 'L’appelant de ce flux ne reçoit pas de réponse. Ajoutez « Écrire la réponse ».') });
  }
  return found;
}

/** An empty model starts reports and scheduled jobs: nobody waits for an answer. */
function asksForAnswer(graph: FlowGraph, stepId: string): boolean {
  return graph.places.get(stepId)?.step.type !== 'get-empty-model';
}
