import { fail } from '../failure';
import { text } from '../text';
import type { BadField } from '../entry-validation';
import { field } from './field';

/** "Validate input values", shared by the steps that take what a caller gives. */
export const validateInput = field.flag(text('Validate input values', 'Valider les valeurs d’entrée'), {
  help: text('Checks the model before the first step runs; a form shows each message under its field.', 'Contrôle le modèle avant la première étape ; un formulaire affiche chaque message sous son champ.'),
});

export function failValidation(bad: readonly BadField[]): never {
  const count = bad.length;
  return fail('VALIDATION_FAILED', text(
    `${count === 1 ? 'One field needs' : `${count} fields need`} a look: ${bad.slice(0, 3).map((each) => each.text.en).join(' ')}`,
    `${count === 1 ? 'Un champ est' : `${count} champs sont`} à revoir : ${bad.slice(0, 3).map((each) => each.text.fr).join(' ')}`,
  ), { path: bad[0]?.field ?? '', details: bad.map((each) => ({ field: each.field, message: each.text.en, text: { en: each.text.en, fr: each.text.fr } })) });
}
