import { equal } from '../../../compare';
import { durationMs } from '../../../due-time';
import { fail } from '../../../failure';
import type { Json, JsonObject } from '../../../json';
import { fillPlaceholders } from '../../../placeholders';
import { writePath } from '../../../path';
import type { StepProblem } from '../../../problems';
import { oneOf, userIdsIn } from '../../../recipients';
import { text } from '../../../text';
import { fieldNamed, readModel, reloaded } from '../../../workflow-model';
import type { EffectScope, Question, StepUse, TaskState } from '../../capabilities';
import { optionsOf } from '../../choices';
import { defineWorkflowStep, type WorkflowInput, type WorkflowOutcome } from '../../define-step';
import { field } from '../../field';
import { messageProblems } from '../../messages';

const answerRoles = [
  { value: 'owner', label: text('Owners', 'Propriétaires') }, { value: 'admin', label: text('Admins', 'Administrateurs') },
  { value: 'editor', label: text('Editors', 'Éditeurs') }, { value: 'operator', label: text('Operators', 'Opérateurs') },
] as const;

type Params = {
  confirmationField?: string | undefined; userInfoField?: string | undefined; userRouting?: string | undefined; message?: string | undefined; dueIn?: string | undefined;
  onTimeout?: 'keepWaiting' | 'answer' | 'fail' | undefined; timeoutAnswer?: Json | undefined;
};

export const getUserConfirmation = defineWorkflowStep(
  {
    confirmationField: field.path(text('Confirmation field', 'Champ de confirmation'), { required: true, help: text('Its choices are offered, and the answer is written into it.', 'Ses choix sont proposés, et la réponse y est écrite.') }),
    userInfoField: field.path(text('User info field', 'Champ d’informations utilisateur'), { help: text('Who is asked: a reference to one or several people.', 'Qui est interrogé : une référence à une ou plusieurs personnes.') }),
    userRouting: field.choice(text('User routing', 'Routage utilisateur'), [...answerRoles], { help: text('Everybody with this role of the workspace is asked too.', 'Tous ceux qui ont ce rôle dans l’espace sont aussi interrogés.') }),
    message: field.longText(text('Question', 'Question'), { help: text('{{field}} stands for the value of a field. Empty: the names of the workflow and of the entry.', '{{champ}} vaut la valeur d’un champ. Vide : les noms du flux de travail et de l’entrée.') }),
    dueIn: field.duration(text('Due in', 'À faire sous')),
    onTimeout: field.choice(text('On timeout', 'À l’échéance'), [
      { value: 'keepWaiting', label: text('keep waiting', 'continuer d’attendre') }, { value: 'answer', label: text('answer by itself', 'répondre soi-même') }, { value: 'fail', label: text('fail', 'échouer') },
    ], { default: 'keepWaiting' }),
    timeoutAnswer: field.constant(text('Answer then', 'Réponse alors'), { typeOf: 'confirmationField', required: true, showWhen: { param: 'onTimeout', in: ['answer'] } }),
  },
  {
    id: 'get-user-confirmation', group: 'notifications', class: 'wait', version: 1, icon: 'user-round-check',
    errors: ['NO_RECIPIENT', 'ACCESS_DENIED', 'CONFIRMATION_ANSWERED', 'CONFIRMATION_TIMEOUT', 'TYPE_MISMATCH'],
    title: text('Get user confirmation', 'Obtenir la confirmation de l’utilisateur'), summary: text('Ask people and wait for the answer', 'Interroge des personnes et attend la réponse'),
    help: text(
      'Asks people for a decision about the entry and waits, for days if need be: a task appears in the inbox of each of them and on the entry’s form. The first answer counts and is written into the confirmation field. Meanwhile the fields this workflow works with are read-only for others.',
      'Demande à des personnes une décision sur l’entrée et attend, des jours s’il le faut : une tâche apparaît dans la boîte de réception de chacune et sur le formulaire de l’entrée. La première réponse compte et s’écrit dans le champ de confirmation. Entre-temps les champs que ce flux utilise sont en lecture seule pour les autres.'),
    examples: [],
    foot: ({ confirmationField }) => (confirmationField ? text(`answer in ${confirmationField}`, `réponse dans ${confirmationField}`) : text('', '')),
    problems: (params, { source }, { component }) => {
      const found: StepProblem[] = [];
      const asked = fieldNamed(component, params.confirmationField);
      const options = optionsOf(asked);
      if (asked && !options) found.push({ code: 'TYPE_MISMATCH', param: 'confirmationField', text: text(`"${asked.title}" is neither yes/no nor a list of choices: nothing could be offered.`, `« ${asked.title} » n’est ni oui/non ni une liste de choix : rien ne pourrait être proposé.`) });
      if (!params.userInfoField && !params.userRouting) found.push({ code: 'PARAM_REQUIRED', param: 'userInfoField', text: text('Say who is asked: a field with people, or a role.', 'Dites qui est interrogé : un champ de personnes, ou un rôle.') });
      if (params.onTimeout && params.onTimeout !== 'keepWaiting' && !params.dueIn) found.push({ code: 'PARAM_REQUIRED', param: 'dueIn', text: text('Without a due time this never happens. Say how long people have.', 'Sans échéance cela n’arrive jamais. Dites de combien de temps on dispose.') });
      const late = params.timeoutAnswer;
      if (params.onTimeout === 'answer' && late !== undefined && options && !options.some((each) => equal(each.value, late))) found.push({ code: 'PARAM_INVALID', param: 'timeoutAnswer', text: text('This answer is not one of the choices of the field.', 'Cette réponse n’est pas parmi les choix du champ.') });
      return [...found, ...messageProblems('message', params.message, source, true)];
    },
    run: async (params, input, use) => {
      for (let round = 0; ; round += 2) {
        const opened = await use.effect(round, async (scope) => ({ ...(await scope.openTask(await questionOf(params, input, use, scope))), attempt: use.step.attempt }));
        const task = await use.task(opened.taskId);
        if (task === null) throw new Error(`task ${opened.taskId} of run ${use.context.runId} is missing`);
        // A step that is tried again asks again, unless the answer is there.
        if ((task.state === 'expired' || task.state === 'closed') && opened.attempt < use.step.attempt) continue;
        const settled = task.state === 'open' && task.isDue ? await onTime(params, opened.taskId, round + 1, use) : task;
        return settled.state === 'answered' || settled.state === 'expired' ? answered(params, settled, input, use) : waiting(settled, use);
      }
    },
  },
);

async function questionOf(params: Params, { model }: WorkflowInput, use: StepUse, scope: EffectScope): Promise<Question> {
  const { component, flowName } = use.context;
  const asked = fieldNamed(component, params.confirmationField);
  const options = optionsOf(asked);
  if (!asked || !options) fail('TYPE_MISMATCH', text(`"${params.confirmationField ?? ''}" is neither yes/no nor a list of choices: nothing could be offered.`, `« ${params.confirmationField ?? ''} » n’est ni oui/non ni une liste de choix : rien ne pourrait être proposé.`), { path: params.confirmationField ?? '' });
  const named = params.userInfoField ? await scope.people({ ids: userIdsIn(readModel(model, params.userInfoField)) }) : [];
  const routed = params.userRouting ? await scope.people({ role: params.userRouting }) : [];
  const people = [...named, ...routed.filter((each) => !named.some((other) => other.id === each.id))];
  if (people.length === 0) fail('NO_RECIPIENT', text('Nobody could be asked: neither the field nor the role names a member of the workspace who may answer.', 'Personne à interroger : ni le champ ni le rôle ne désignent un membre de l’espace qui puisse répondre.'));
  const written = fillPlaceholders(params.message ?? '', (path) => readModel(model, path)).trim();
  const entry = typeof model['name'] === 'string' && model['name'] !== '' ? model['name'] : typeof model['id'] === 'number' && model['id'] > 0 ? `#${model['id']}` : component.title;
  const ms = params.dueIn ? durationMs(params.dueIn) : null;
  return {
    question: written === '' ? text(`${flowName}: ${entry}`, `${flowName} : ${entry}`) : text(written, written), options, people,
    dueAt: ms === null ? null : new Date(Date.parse(use.context.now) + ms).toISOString(),
  };
}

function waiting(task: TaskState, use: StepUse): WorkflowOutcome {
  const names = oneOf(task.people.map((each) => each.name));
  use.tell({ type: 'wait.opened', data: { kind: 'confirmation', assignees: task.people, ...(task.dueAt === null ? {} : { dueAt: task.dueAt }), question: task.question.en, options: task.options } });
  return { kind: 'waiting', reason: text(`Waits for ${names.en}`, `Attend ${names.fr}`), childRuns: [], ...(task.dueAt === null || task.isDue ? {} : { until: task.dueAt }) };
}

/** The due time has come, once: whatever is chosen is recorded, and an answer given just before still counts. */
async function onTime({ onTimeout, timeoutAnswer }: Params, taskId: string, index: number, use: StepUse): Promise<TaskState> {
  let isFirst = false;
  await use.effect(index, async (scope) => {
    isFirst = true;
    if (onTimeout === 'answer' || onTimeout === 'fail') await scope.expireTask(taskId, onTimeout === 'answer' ? (timeoutAnswer ?? null) : null);
    return true;
  });
  if (isFirst) use.tell({ type: 'timer.fired', data: {} });
  const task = await use.task(taskId);
  if (task === null) throw new Error(`task ${taskId} of run ${use.context.runId} is missing`);
  return task;
}

async function answered(params: Params, task: TaskState, input: WorkflowInput, use: StepUse): Promise<WorkflowOutcome> {
  if (task.state === 'expired' && params.onTimeout !== 'answer') fail('CONFIRMATION_TIMEOUT', text(`Nobody answered in time: ${task.question.en}`, `Personne n’a répondu à temps : ${task.question.fr}`));
  use.tell({ type: 'wait.resolved', data: { by: task.answeredBy, answer: task.answer } });
  const { component } = use.context;
  const entryId = input.model['id'];
  const fresh = typeof entryId === 'number' && entryId > 0 ? await use.entry(component.id, entryId) : null;
  const { model, loaded }: { model: JsonObject; loaded: JsonObject } = fresh ? reloaded(input, fresh) : input;
  const name = fieldNamed(component, params.confirmationField)?.name ?? '';
  return { kind: 'model', model: writePath(model, `data.${name}`, task.answer), loaded, next: { to: 'next' } };
}
