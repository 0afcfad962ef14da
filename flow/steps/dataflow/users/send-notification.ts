import { getterOf } from '../../../evaluate';
import { fail } from '../../../failure';
import type { Json } from '../../../json';
import { readPath } from '../../../path';
import { fillPlaceholders } from '../../../placeholders';
import { userIdsIn } from '../../../recipients';
import { withFields } from '../../../schema-of';
import type { StepProblem } from '../../../problems';
import { text } from '../../../text';
import { defineDataflowStep } from '../../define-step';
import { field } from '../../field';
import { channelChoices, messageProblems, tellOnce } from '../../messages';
import { perItem } from '../../per-item';

export const sendNotification = defineDataflowStep(
  {
    channel: field.choice(text('Notification type', 'Type de notification'), channelChoices, { required: true, default: 'inApp' }),
    userInfoField: field.path(text('User info field', 'Champ d’informations utilisateur'), { help: text('A reference to one or several people.', 'Une référence à une ou plusieurs personnes.') }),
    userName: field.people(text('User name', 'Nom d’utilisateur'), { help: text('People who are always told.', 'Personnes toujours averties.') }),
    messageTheme: field.value(text('Message theme', 'Objet du message'), { required: true, showWhen: { param: 'channel', in: ['smtp', 'mail'] } }),
    messageBody: field.longText(text('Message body', 'Corps du message'), { help: text('{{field}} stands for the value of a field.', '{{champ}} vaut la valeur d’un champ.') }),
    messageBodyField: field.path(text('Message body field', 'Champ du corps du message'), { help: text('Text from the model; it wins over the body.', 'Texte venant du modèle ; il l’emporte sur le corps.') }),
  },
  {
    id: 'send-notification', group: 'users', class: 'effect', version: 1, icon: 'bell', sources: 'one', cardinality: 'n→n',
    errors: ['CHANNEL_NOT_CONFIGURED', 'PARAM_REQUIRED', 'LIMIT_EXCEEDED'],
    title: text('Send notification', 'Envoyer une notification'), summary: text('Tell people a text', 'Envoie un texte à des personnes'),
    help: text(
      'Sends a text to people for every item: to their bell and inbox, or by e-mail. It is plain text. The step succeeds when the messages are on their way; none is sent twice. Nobody to tell is a warning and the run goes on.',
      'Envoie un texte à des personnes pour chaque élément : dans leur cloche et leur boîte de réception, ou par e-mail. C’est du texte simple. L’étape réussit dès que les messages sont en route ; aucun n’est envoyé deux fois. Personne à avertir est un avertissement et l’exécution continue.'),
    examples: [],
    foot: ({ userInfoField, userName }) => {
      const count = userName?.length ?? 0;
      if (userInfoField) return text(`to ${userInfoField}`, `à ${userInfoField}`);
      return count > 0 ? text(`to ${count} ${count === 1 ? 'person' : 'people'}`, `à ${count} personne${count === 1 ? '' : 's'}`) : text('', '');
    },
    problems: ({ userInfoField, userName, messageBody, messageBodyField }, { source }) => {
      const found: StepProblem[] = [];
      if (!userInfoField && !userName?.length) found.push({ code: 'PARAM_REQUIRED', param: 'userInfoField', text: text('Say who is told: a field with people, or names.', 'Dites qui est averti : un champ de personnes, ou des noms.') });
      if (!messageBody && !messageBodyField) found.push({ code: 'PARAM_REQUIRED', param: 'messageBody', text: text('Write a body, or name the field that holds it.', 'Écrivez un corps, ou nommez le champ qui le contient.') });
      return [...found, ...(messageBodyField ? [] : messageProblems('messageBody', messageBody, source, false))];
    },
    outputSchema: (_params, { source }) => withFields(source, { _notification: { type: 'object', open: false, fields: { ids: { type: 'array', items: { type: 'string' } }, recipients: { type: 'integer' } } } }),
    run: ({ channel, userInfoField, userName, messageTheme, messageBody, messageBodyField }, { source }, use) => perItem(source, use, async (item, index) => {
      const body = (messageBodyField ? spoken(readPath(item, messageBodyField)) : fillPlaceholders(messageBody ?? '', (path) => readPath(item, path))).trim();
      if (body === '') fail('PARAM_REQUIRED', text('The message is empty once its fields are filled in.', 'Le message est vide une fois ses champs remplis.'), { path: messageBodyField ?? 'messageBody' });
      const theme = messageTheme ? spoken(getterOf(messageTheme, use)(item, source.items)).trim() : '';
      const subject = theme === '' ? use.context.flowName : theme;
      const userIds = [...new Set([...(userName ?? []), ...(userInfoField ? userIdsIn(readPath(item, userInfoField)) : [])])];
      const sent = await tellOnce(use, index, { channel: channel ?? 'inApp', userIds, subject: text(subject, subject), body: text(body, body) });
      return { ...item, _notification: sent };
    }),
  },
);

const spoken = (value: Json) => (value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value));
