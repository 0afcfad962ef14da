import type { ModelSchema } from '../model-schema';
import { resolvePath } from '../path';
import { placeholdersIn } from '../placeholders';
import type { StepProblem } from '../problems';
import { fail } from '../failure';
import { text } from '../text';
import { withData } from '../workflow-model';
import type { Channel, Message, StepUse } from './capabilities';

/** What the steps that write to people share. */
export const channelChoices: { value: Channel; label: { en: string; fr: string } }[] = [
  { value: 'inApp', label: text('In the app', 'Dans l’application') }, { value: 'smtp', label: text('E-mail (SMTP)', 'E-mail (SMTP)') }, { value: 'mail', label: text('E-mail (built in)', 'E-mail (intégré)') },
];
export const mostRecipients = 10_000;

/** Placeholders that stand for nothing are told of, and are nothing at run time. */
export function messageProblems(param: string, message: string | undefined, source: ModelSchema | undefined, ofWorkflow: boolean): StepProblem[] {
  if (!message || !source) return [];
  const unknown = placeholdersIn(message).filter((path) => {
    const resolved = resolvePath(source, ofWorkflow ? withData(path) : path);
    return !resolved.found && resolved.certain;
  });
  return unknown.map((path) => ({ code: 'FIELD_NOT_FOUND', level: 'warning', param, text: text(`"{{${path}}}" names no field of the model and will be empty.`, `« {{${path}}} » ne désigne aucun champ du modèle et sera vide.`) }));
}

/** Sends once under its effect key. Nobody to tell is a warning: the run goes on. */
export async function tellOnce(use: StepUse, index: number, message: Message): Promise<{ ids: string[]; recipients: number }> {
  if (!use.canSend(message.channel)) fail('CHANNEL_NOT_CONFIGURED', text('No e-mail server is set up: start Millrace with SMTP_URL, or choose the channel "In the app".', 'Aucun serveur d’e-mail n’est configuré : lancez Millrace avec SMTP_URL, ou choisissez le canal « Dans l’application ».'));
  if (message.userIds.length > mostRecipients) fail('LIMIT_EXCEEDED', text(`${message.userIds.length} people would be told; 10,000 are the most.`, `${message.userIds.length} personnes seraient averties ; 10 000 est le maximum.`));
  const sent = await use.effect(index, async (scope) => scope.notify(message));
  if (sent.ids.length === 0) use.warn(text('Nobody was told: no member of the workspace is named here (NO_RECIPIENT).', 'Personne n’a été averti : aucun membre de l’espace n’est désigné ici (NO_RECIPIENT).'));
  else if (sent.skipped.length > 0) use.warn(text(`${sent.skipped.length} could not be told: no member of the workspace, or no e-mail address.`, `${sent.skipped.length} n’ont pu être averties : pas membres de l’espace, ou sans adresse e-mail.`));
  return { ids: sent.ids, recipients: sent.ids.length };
}
