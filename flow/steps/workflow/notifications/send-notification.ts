import { fail } from '../../../failure';
import { fillPlaceholders } from '../../../placeholders';
import { userIdsIn } from '../../../recipients';
import { text } from '../../../text';
import { readModel } from '../../../workflow-model';
import { defineWorkflowStep } from '../../define-step';
import { field } from '../../field';
import { channelChoices, messageProblems, tellOnce } from '../../messages';

export const sendNotification = defineWorkflowStep(
  {
    channel: field.choice(text('Notification type', 'Type de notification'), channelChoices, { required: true, default: 'inApp' }),
    userInfoField: field.path(text('User info field', 'Champ d’informations utilisateur'), { help: text('A reference to one or several people.', 'Une référence à une ou plusieurs personnes.') }),
    userName: field.people(text('User name', 'Nom d’utilisateur'), { help: text('People who are always told.', 'Personnes toujours averties.') }),
    message: field.longText(text('Message', 'Message'), { required: true, help: text('{{field}} stands for the value of a field.', '{{champ}} vaut la valeur d’un champ.') }),
  },
  {
    id: 'send-notification', group: 'notifications', class: 'effect', version: 1, icon: 'bell',
    errors: ['CHANNEL_NOT_CONFIGURED', 'PARAM_REQUIRED', 'LIMIT_EXCEEDED'],
    title: text('Send notification', 'Envoyer une notification'), summary: text('Tell people something short', 'Avertit des personnes en bref'),
    help: text(
      'Tells people something: in their bell and inbox, or by e-mail with the name of the workflow as its subject. The step succeeds when the message is on its way; a message is never sent twice. Nobody to tell is a warning.',
      'Avertit des personnes : dans leur cloche et leur boîte de réception, ou par e-mail avec le nom du flux de travail pour objet. L’étape réussit dès que le message est en route ; un message n’est jamais envoyé deux fois. Personne à avertir est un avertissement.'),
    examples: [],
    foot: ({ userInfoField, userName }) => {
      const count = userName?.length ?? 0;
      if (userInfoField) return text(`to ${userInfoField}`, `à ${userInfoField}`);
      return count > 0 ? text(`to ${count} ${count === 1 ? 'person' : 'people'}`, `à ${count} personne${count === 1 ? '' : 's'}`) : text('', '');
    },
    problems: ({ userInfoField, userName, message }, { source }) => [
      ...(!userInfoField && !userName?.length ? [{ code: 'PARAM_REQUIRED' as const, param: 'userInfoField', text: text('Say who is told: a field with people, or names.', 'Dites qui est averti : un champ de personnes, ou des noms.') }] : []),
      ...messageProblems('message', message, source, true),
    ],
    run: async ({ channel, userInfoField, userName, message }, { model }, use) => {
      const body = fillPlaceholders(message ?? '', (path) => readModel(model, path)).trim();
      if (body === '') fail('PARAM_REQUIRED', text('The message is empty once its fields are filled in.', 'Le message est vide une fois ses champs remplis.'), { path: 'message' });
      const userIds = [...new Set([...(userName ?? []), ...(userInfoField ? userIdsIn(readModel(model, userInfoField)) : [])])];
      const { flowName } = use.context;
      await tellOnce(use, 0, { channel: channel ?? 'inApp', userIds, subject: text(flowName, flowName), body: text(body, body) });
      return { kind: 'model', model, next: { to: 'next' } };
    },
  },
);
