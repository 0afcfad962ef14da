import { fail } from '#flow/failure';
import { text } from '#flow/text';
import { damaged, notAWorkbook, type ZipEntry } from './zip-entries';
import { readXml } from './xml-events';

/** What the sheets of a workbook refer to: their names and places, the texts they share, and which styles show a date. */
export type DateStyle = 'date' | 'time' | null;
export type Book = { sheets: { name: string; entry: ZipEntry }[]; is1904: boolean; sharedTexts: string[]; dateStyles: DateStyle[] };

/** Of all texts of a workbook together. */
export const mostCharacters = 100_000_000;

export async function readBook(entries: ReadonlyMap<string, ZipEntry>): Promise<Book> {
  const links = await linksOf(entries.get('_rels/.rels'), '');
  const main = links.find((each) => each.type.endsWith('/officeDocument'))?.target ?? 'xl/workbook.xml';
  const entry = entries.get(main);
  if (!entry || !main.endsWith('.xml')) return notAWorkbook();
  const folder = main.slice(0, main.lastIndexOf('/') + 1);
  const parts = await linksOf(entries.get(`${folder}_rels/${main.slice(folder.length)}.rels`), folder);
  const { sheets, is1904, isWorkbook } = await readMain(entry);
  if (!isWorkbook) return notAWorkbook();
  const partOf = (type: string) => entries.get(parts.find((each) => each.type.endsWith(type))?.target ?? '');
  return {
    is1904, sharedTexts: await sharedTextsOf(partOf('/sharedStrings')), dateStyles: await dateStylesOf(partOf('/styles')),
    sheets: sheets.flatMap(({ name, id }) => {
      const link = parts.find((each) => each.id === id);
      if (link && !link.type.endsWith('/worksheet')) return []; // a sheet that holds a chart only
      return [{ name, entry: entries.get(link?.target ?? '') ?? damaged() }];
    }),
  };
}

type Link = { id: string; type: string; target: string };

async function linksOf(entry: ZipEntry | undefined, folder: string): Promise<Link[]> {
  const links: Link[] = [];
  if (entry) await readXml(entry, { open: (name, { Id = '', Type = '', Target = '', TargetMode }) => void (name === 'Relationship' && TargetMode !== 'External' && links.push({ id: Id, type: Type, target: resolved(folder, Target) })) });
  return links;
}

function resolved(folder: string, target: string): string {
  const path = target.startsWith('/') ? target.slice(1) : `${folder}${target}`;
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

async function readMain(entry: ZipEntry): Promise<{ sheets: { name: string; id: string }[]; is1904: boolean; isWorkbook: boolean }> {
  const sheets: { name: string; id: string }[] = [];
  let [is1904, isWorkbook] = [false, false];
  await readXml(entry, {
    open: (name, attributes) => {
      if (name === 'workbook') isWorkbook = true;
      if (name === 'workbookPr') is1904 = /^(1|true)$/.test(attributes['date1904'] ?? '');
      if (name === 'sheet') sheets.push({ name: attributes['name'] ?? '', id: Object.entries(attributes).find(([key]) => key.endsWith(':id'))?.[1] ?? '' });
    },
  });
  return { sheets, is1904, isWorkbook };
}

/** Rich text is its text; how a word is pronounced is not part of it. */
async function sharedTextsOf(entry: ZipEntry | undefined): Promise<string[]> {
  const texts: string[] = [];
  let [words, inText, spoken, characters] = ['', false, 0, 0];
  if (entry) await readXml(entry, {
    open: (name) => {
      if (name === 'si') words = '';
      if (name === 'rPh') spoken += 1;
      if (name === 't') inText = spoken === 0;
    },
    text: (more) => {
      if (inText) words += more;
    },
    close: (name) => {
      if (name === 't') inText = false;
      if (name === 'rPh') spoken -= 1;
      if (name !== 'si') return;
      texts.push(plainText(words));
      characters += words.length;
      if (characters > mostCharacters) tooLong();
    },
  });
  return texts;
}

export function tooLong(): never {
  return fail('LIMIT_EXCEEDED', text('The workbook holds more than 100 million characters of text. Split it.', 'Le classeur contient plus de 100 millions de caractères de texte. Divisez-le.'));
}

/** Characters that XML cannot hold are written `_x000D_`. */
export function plainText(words: string): string {
  return words.includes('_x') ? words.replaceAll(/_x([0-9A-Fa-f]{4})_/g, (_all, code: string) => (/^(0000|[dD][89a-fA-F]..)$/.test(code) ? '' : String.fromCharCode(parseInt(code, 16)))) : words;
}

async function dateStylesOf(entry: ZipEntry | undefined): Promise<DateStyle[]> {
  const own = new Map<number, string>();
  const formats: number[] = [];
  let inCells = false;
  if (entry) await readXml(entry, {
    open: (name, { numFmtId, formatCode }) => {
      if (name === 'numFmt') own.set(Number(numFmtId), formatCode ?? '');
      if (name === 'cellXfs') inCells = true;
      if (name === 'xf' && inCells) formats.push(Number(numFmtId ?? 0));
    },
    close: (name) => {
      if (name === 'cellXfs') inCells = false;
    },
  });
  return formats.map((id) => styleOf(own.get(id) ?? builtIn(id)));
}

/** The formats that have a number only: dates, times, and the dates of East Asian versions. */
function builtIn(id: number): string {
  if ((id >= 18 && id <= 21) || id === 45 || id === 47) return 'h:mm:ss';
  return (id >= 14 && id <= 17) || id === 22 || (id >= 27 && id <= 36) || (id >= 50 && id <= 58) ? 'yyyy-mm-dd' : '';
}

/** A count of hours (`[h]:mm`) is a number; words in quotes, colours and conditions say nothing. */
function styleOf(format: string): DateStyle {
  const code = (format.split(';')[0] ?? '').replaceAll(/"[^"]*"|\\.|_.|\*./g, '');
  if (/\[(h+|m+|s+)\]/i.test(code)) return null;
  const letters = code.replaceAll(/\[[^\]]*\]/g, '').replaceAll(/general/gi, '').replaceAll(/am\/pm|a\/p/gi, 'h');
  if (!/[ymdhs]/i.test(letters)) return null;
  return /[yd]/i.test(letters) || !/[hs]/i.test(letters) ? 'date' : 'time';
}
