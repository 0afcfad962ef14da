import { fail } from '#flow/failure';
import { text, type Text } from '#flow/text';

/** The text of a file: UTF-8, or UTF-16 when a byte order mark says so. Anything else is refused rather than read as garbage. */
export function decoded(bytes: Buffer): string {
  const known = signatures.find(({ start }) => bytes.subarray(0, start.length).equals(start));
  if (known) fail('FILE_TYPE', text(`This is ${known.what.en}, not text.${known.remedy.en}`, `C’est ${known.what.fr}, pas du texte.${known.remedy.fr}`));
  const label = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
  try {
    const content = new TextDecoder(label, { fatal: true }).decode(bytes);
    const nul = content.indexOf('\0');
    return nul < 0 ? content : notText(lineAt(content, nul), text('a NUL character', 'un caractère NUL'));
  } catch (error) {
    if (!isNotText(error)) throw error;
    return notText(label === 'utf-8' ? badLine(bytes) : null, label === 'utf-8' ? text('a byte that is not UTF-8', 'un octet qui n’est pas de l’UTF-8') : text('half a character', 'une moitié de caractère'));
  }
}

/** What a decoder throws at bytes that are not of its encoding. */
export const isNotText = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ERR_ENCODING_INVALID_ENCODED_DATA';

const spreadsheet = text(' Choose the file type Excel (xlsx).', ' Choisissez le type Excel (xlsx).');
const other = text(' Save it as a table first.', ' Enregistrez-le d’abord comme tableau.');
const signatures: { start: Buffer; what: Text; remedy: Text }[] = [
  { start: Buffer.from('PK\u0003\u0004'), what: text('a zip or Excel file', 'un fichier zip ou Excel'), remedy: spreadsheet },
  { start: Buffer.from([0xd0, 0xcf, 0x11, 0xe0]), what: text('an old Excel file (xls)', 'un ancien fichier Excel (xls)'), remedy: text(' Save it as xlsx or CSV.', ' Enregistrez-le en xlsx ou CSV.') },
  { start: Buffer.from('%PDF-'), what: text('a PDF', 'un PDF'), remedy: other },
  { start: Buffer.from([0x1f, 0x8b]), what: text('a packed file (gzip)', 'un fichier compressé (gzip)'), remedy: text(' Unpack it first.', ' Décompressez-le d’abord.') },
  { start: Buffer.from([0x89, 0x50, 0x4e, 0x47]), what: text('a picture', 'une image'), remedy: other },
  { start: Buffer.from([0xff, 0xd8, 0xff]), what: text('a picture', 'une image'), remedy: other },
  { start: Buffer.from('GIF8'), what: text('a picture', 'une image'), remedy: other },
];

function notText(line: number | null, what: Text): never {
  const [en, fr] = line === null ? ['', ''] : [` (line ${line})`, ` (ligne ${line})`];
  return fail('PARSE_ERROR', text(`The file holds ${what.en}${en}. Save it as UTF-8 text.`, `Le fichier contient ${what.fr}${fr}. Enregistrez-le en texte UTF-8.`), { details: { line } });
}

/** The 1-based line of a character. */
export function lineAt(content: string, place: number): number {
  let line = 1;
  for (let at = content.indexOf('\n'); at >= 0 && at < place; at = content.indexOf('\n', at + 1)) line++;
  return line;
}

function badLine(bytes: Buffer): number {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for (let [line, start] = [1, 0]; ; line++) {
    const end = bytes.indexOf(10, start);
    try {
      decoder.decode(bytes.subarray(start, end < 0 ? bytes.length : end));
    } catch {
      return line;
    }
    if (end < 0) return line;
    start = end + 1;
  }
}
