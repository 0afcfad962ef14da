import { fail } from '#flow/failure';
import type { Json } from '#flow/json';
import { text, type Text } from '#flow/text';
import { CellCount, type Row } from './cell-count';
import { mostCharacters, plainText, readBook, tooLong, type Book } from './xlsx-book';
import { readXml } from './xml-events';
import { zipEntries } from './zip-entries';

/** A sheet of a workbook as rows of cells. Numbers, booleans and dates keep their type; formulas give the result stored with them. */
export async function readXlsx(bytes: Buffer, { worksheet, skipLines }: { worksheet: string | null; skipLines: number }, full: (rows: number) => void): Promise<{ rows: Row[]; notes: Text[] }> {
  const book = await readBook(zipEntries(bytes));
  const sheet = worksheet ? book.sheets.find((each) => each.name === worksheet) : book.sheets[0];
  if (!sheet) {
    const names = book.sheets.map((each) => each.name).slice(0, 12).join(', ');
    return fail('FIELD_MISSING', text(`The workbook has no sheet "${worksheet ?? ''}" (it has ${names}).`, `Le classeur n’a pas de feuille « ${worksheet ?? ''} » (il a ${names}).`), { path: 'worksheet' });
  }
  const reader = new SheetReader(book, skipLines, full);
  await readXml(sheet.entry, reader);
  return { rows: reader.rows, notes: reader.notes() };
}

/** Of Excel itself. */
const excel = { rows: 1_048_576, columns: 16_384, characters: 32_767 };
const shownCells = 5;

class SheetReader {
  readonly rows: Row[] = [];
  private line = 0;
  private column = 0;
  private cells: Json[] = [];
  private cell = { type: 'n', style: 0, value: '', isText: false, hasFormula: false };
  private inside: 'value' | 'text' | null = null;
  private spoken = 0;
  private characters = 0;
  private readonly count = new CellCount();
  private readonly faults: string[] = [];
  private faulty = 0;

  private readonly book: Book;
  private readonly skipLines: number;
  private readonly full: (rows: number) => void;

  constructor(book: Book, skipLines: number, full: (rows: number) => void) {
    this.book = book;
    this.skipLines = skipLines;
    this.full = full;
  }

  readonly open = (name: string, attributes: Record<string, string>): void => {
    switch (name) {
      case 'row':
        return this.startRow(Number(attributes['r']));
      case 'c':
        this.column = columnOf(attributes['r'], this.line) ?? this.column + 1;
        if (this.column > excel.columns) this.outOfBounds(attributes['r']);
        this.cell = { type: attributes['t'] ?? 'n', style: Number(attributes['s'] ?? 0), value: '', isText: false, hasFormula: false };
        return;
      case 'f':
        this.cell.hasFormula = true;
        return;
      case 'v':
        this.inside = 'value';
        return;
      case 'rPh':
        this.spoken += 1;
        return;
      case 't':
        if (this.spoken > 0) return;
        this.inside = 'text';
        this.cell.isText = true;
    }
  };

  readonly text = (words: string): void => {
    if (this.inside === null) return;
    this.cell.value += words;
    if (this.cell.value.length > excel.characters * 7) this.tooLongCell(); // seven characters may stand for one: _x000D_
  };

  readonly close = (name: string): void => {
    if (name === 'v' || name === 't') this.inside = null;
    else if (name === 'rPh') this.spoken -= 1;
    else if (name === 'c') this.endCell();
    else if (name === 'row') this.endRow();
  };

  /** Cells that hold an error of Excel's, or a formula without a result: they are empty, and it is said. */
  notes(): Text[] {
    if (this.faulty === 0) return [];
    const shown = `${this.faults.join(', ')}${this.faulty > this.faults.length ? ', …' : ''}`;
    return [text(`${this.faulty} cells hold an Excel error or a formula without a result and count as empty: ${shown}.`, `${this.faulty} cellules contiennent une erreur Excel ou une formule sans résultat et comptent comme vides : ${shown}.`)];
  }

  private startRow(given: number): void {
    this.line = Number.isInteger(given) && given > this.line ? given : this.line + 1;
    if (this.line > excel.rows) this.outOfBounds(`${this.line}`);
    this.cells = [];
    this.column = 0;
  }

  private endRow(): void {
    if (this.line <= this.skipLines || this.cells.length === 0) return;
    this.rows.push({ line: this.line, cells: this.cells });
    this.full(this.rows.length);
  }

  private endCell(): void {
    const value = this.valueOf();
    if (value === null) return;
    if (typeof value === 'string') {
      if (value.length > excel.characters) this.tooLongCell();
      this.characters += value.length;
      if (this.characters > mostCharacters) tooLong();
    }
    this.count.add(1);
    this.cells[this.column - 1] = value;
  }

  private valueOf(): Json {
    const { type, value, style, isText, hasFormula } = this.cell;
    if (value === '' && !isText) return hasFormula && type !== 'str' ? this.fault('=') : null;
    switch (type) {
      case 's':
        return this.book.sharedTexts[Number(value)] ?? this.invalid(value);
      case 'str': case 'inlineStr':
        return plainText(value);
      case 'b':
        return value === '1' || value === 'true';
      case 'e':
        return this.fault(value);
      case 'd':
        return value;
      default: {
        const number = Number(value);
        return Number.isFinite(number) ? dated(number, this.book.dateStyles[style] ?? null, this.book.is1904) : this.invalid(value);
      }
    }
  }

  private fault(value: string): null {
    this.faulty += 1;
    if (this.faults.length < shownCells) this.faults.push(`${value.slice(0, 20)} (${this.place()})`);
    return null;
  }

  private place(): string {
    let [letters, rest] = ['', this.column];
    for (; rest > 0; rest = Math.floor((rest - 1) / 26)) letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters;
    return `${letters}${this.line}`;
  }

  private tooLongCell(): never {
    return fail('LIMIT_EXCEEDED', text(`The cell ${this.place()} holds more than 32,767 characters, which is more than Excel allows.`, `La cellule ${this.place()} contient plus de 32 767 caractères, plus qu’Excel n’en permet.`), { details: { line: this.line } });
  }

  private invalid(value: string): never {
    const shown = JSON.stringify(value.slice(0, 40));
    return fail('PARSE_ERROR', text(`The cell ${this.place()} holds ${shown}, which is not what it says it is (line ${this.line}). Open and save the workbook again.`, `La cellule ${this.place()} contient ${shown}, ce qui n’est pas ce qu’elle annonce (ligne ${this.line}). Ouvrez le classeur et enregistrez-le à nouveau.`), { details: { line: this.line } });
  }

  private outOfBounds(place: string | undefined): never {
    return fail('PARSE_ERROR', text(`The sheet has a cell at "${(place ?? '').slice(0, 20)}", beyond what a worksheet can hold.`, `La feuille a une cellule en « ${(place ?? '').slice(0, 20)} », au-delà de ce qu’une feuille peut contenir.`), { details: { line: this.line } });
  }
}

/** The column of `B5`; undefined when a cell does not say where it is. */
function columnOf(reference: string | undefined, line: number): number | undefined {
  const letters = reference === undefined ? undefined : /^([A-Z]{1,3})\d{1,7}$/.exec(reference)?.[1];
  if (letters !== undefined) return [...letters].reduce((total, letter) => total * 26 + (letter.charCodeAt(0) - 64), 0);
  if (reference === undefined) return undefined;
  return fail('PARSE_ERROR', text(`The sheet has a cell at "${reference.slice(0, 20)}", which is no place in a worksheet.`, `La feuille a une cellule en « ${reference.slice(0, 20)} », ce qui n’est pas une place dans une feuille.`), { details: { line } });
}

const dayMs = 86_400_000;
/** Days from the year 0 of either calendar to 1970. */
const epochDays = { since1900: 25_569, since1904: 24_107 };

/** A day count as a moment (ISO, UTC), a part of a day as a time; Excel believes that 1900 was a leap year. */
function dated(number: number, style: Book['dateStyles'][number], is1904: boolean): Json {
  if (style === null || number < 0) return number;
  if (number < 1 && (style === 'time' || !is1904)) return new Date(Math.round(number * dayMs / 1_000) * 1_000).toISOString().slice(11, 19);
  const days = is1904 ? number - epochDays.since1904 : number - epochDays.since1900 + (number < 60 ? 1 : 0);
  const moment = new Date(Math.round(days * dayMs));
  return Number.isNaN(moment.getTime()) || moment.getUTCFullYear() > 9_999 ? number : moment.toISOString();
}
