import type { StepProblem } from '../problems';
import { text } from '../text';
import { field } from './field';

/** What stands between the columns of a CSV file, for the steps that read and write them. */
export const columnSeparator = field.text(text('Column separator', 'Séparateur de colonnes'), { default: ';', maxLength: 1, showWhen: { param: 'fileType', in: ['csv'] } });

/** The quote and the ends of lines have their own meaning in a CSV file. */
export const isSeparator = (separator: string) => !/^["\r\n\0]$/.test(separator);
export const badSeparator = text('The column separator cannot be a quote or the end of a line. Choose another character, such as ; or ,', 'Le séparateur de colonnes ne peut être un guillemet ni une fin de ligne. Choisissez un autre caractère, comme ; ou ,');

export function separatorProblems(separator: string | undefined, fileType: string | undefined): StepProblem[] {
  return fileType === 'csv' && separator !== undefined && !isSeparator(separator) ? [{ code: 'PARAM_INVALID', param: 'columnSeparator', text: badSeparator }] : [];
}
