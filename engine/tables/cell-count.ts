import { fail } from '#flow/failure';
import type { Json } from '#flow/json';
import { text } from '#flow/text';

/** `line` is the 1-based line in the file; cells may have holes, which are empty. */
export type Row = { line: number; cells: Json[] };

const mostCells = 5_000_000;

/** What a table may hold in memory. */
export class CellCount {
  private cells = 0;

  add(cells: number): void {
    this.cells += cells;
    if (this.cells > mostCells) fail('LIMIT_EXCEEDED', text('The file has more than 5 million cells. Split it, or remove the columns nobody needs.', 'Le fichier a plus de 5 millions de cellules. Divisez-le, ou retirez les colonnes inutiles.'));
  }
}
