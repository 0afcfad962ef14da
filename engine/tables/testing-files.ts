import { crc32, deflateRawSync } from 'node:zlib';

/** Makes the files of the hostile corpus: zips that lie, workbooks out of parts, texts in any encoding. */
export type ZipPart = { name: string; content?: string | Buffer; packed?: Buffer; claims?: number; method?: number; flags?: number };

export function zipOf(parts: readonly ZipPart[], lies: { count?: number; gap?: Buffer; comment?: string } = {}): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content = '', packed, claims, method = 8, flags = 0 } of parts) {
    const plain = Buffer.from(content);
    const body = packed ?? (method === 8 ? deflateRawSync(plain) : plain);
    const [title, size, crc] = [Buffer.from(name), claims ?? plain.length, crc32(plain)];
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(method, 8);
    local.writeUInt16LE(title.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(flags, 8);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(crc, 16);
    entry.writeUInt32LE(body.length, 20);
    entry.writeUInt32LE(size, 24);
    entry.writeUInt16LE(title.length, 28);
    entry.writeUInt32LE(offset, 42);
    locals.push(local, title, body);
    directory.push(entry, title);
    offset += local.length + title.length + body.length;
  }
  const listed = Buffer.concat(directory);
  const comment = Buffer.from(lies.comment ?? '');
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(lies.count ?? parts.length, 8);
  end.writeUInt16LE(lies.count ?? parts.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(offset, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...locals, listed, lies.gap ?? Buffer.alloc(0), end, comment]);
}

const xml = (body: string) => `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>${body}`;
const rel = (id: string, type: string, target: string) => `<Relationship Id="${id}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/${type}" Target="${target}"/>`;

export type BookParts = { sheet?: string; sheets?: { name: string; data: string }[]; strings?: string; styles?: string; workbookPr?: string; before?: string; main?: string; extra?: ZipPart[] };

/** The parts of a workbook: `sheet` is what stands in `sheetData`, `strings` what stands in `sst`. */
export function bookParts({ sheet = '', sheets, strings, styles, workbookPr = '', before = '', main = 'xl/workbook.xml', extra = [] }: BookParts): ZipPart[] {
  const all = sheets ?? [{ name: 'Sheet1', data: sheet }];
  const folder = main.slice(0, main.lastIndexOf('/') + 1);
  return [
    { name: '_rels/.rels', content: xml(`<Relationships>${rel('rId1', 'officeDocument', main)}</Relationships>`) },
    { name: main, content: xml(`<workbook xmlns:r="x">${workbookPr}<sheets>${all.map((each, at) => `<sheet name="${each.name}" sheetId="${at + 1}" r:id="rId${at + 1}"/>`).join('')}</sheets></workbook>`) },
    { name: `${folder}_rels/${main.slice(folder.length)}.rels`, content: xml(`<Relationships>${all.map((_each, at) => rel(`rId${at + 1}`, 'worksheet', `worksheets/sheet${at + 1}.xml`)).join('')}${rel('rIdS', 'sharedStrings', 'sharedStrings.xml')}${rel('rIdT', 'styles', 'styles.xml')}</Relationships>`) },
    ...all.map((each, at): ZipPart => ({ name: `${folder}worksheets/sheet${at + 1}.xml`, content: xml(`${before}<worksheet><sheetData>${each.data}</sheetData></worksheet>`) })),
    ...(strings === undefined ? [] : [{ name: `${folder}sharedStrings.xml`, content: xml(`<sst>${strings}</sst>`) }]),
    ...(styles === undefined ? [] : [{ name: `${folder}styles.xml`, content: xml(`<styleSheet>${styles}</styleSheet>`) }]),
    ...extra,
  ];
}

export const book = (parts: BookParts): Buffer => zipOf(bookParts(parts));

/** Cell formats by number: 0 general, then one for each id or format code. */
export function stylesOf(...formats: (number | string)[]): string {
  const own = formats.flatMap((each, at) => (typeof each === 'string' ? [`<numFmt numFmtId="${200 + at}" formatCode="${each.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"/>`] : []));
  return `<numFmts>${own.join('')}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>${formats.map((each, at) => `<xf numFmtId="${typeof each === 'string' ? 200 + at : each}"/>`).join('')}</cellXfs>`;
}

export const inline = (place: string, words: string) => `<c r="${place}" t="inlineStr"><is><t>${words}</t></is></c>`;
export const cell = (place: string, value: string | number, attributes = '') => `<c r="${place}"${attributes === '' ? '' : ` ${attributes}`}><v>${value}</v></c>`;
export const row = (line: number, ...cells: string[]) => `<row r="${line}">${cells.join('')}</row>`;

export function utf16(words: string, endian: 'le' | 'be', mark = true): Buffer {
  const bytes = Buffer.from(`${mark ? '\ufeff' : ''}${words}`, 'utf16le');
  return endian === 'be' ? bytes.swap16() : bytes;
}

export const latin1 = (words: string) => Buffer.from(words, 'latin1');
export const utf8 = (words: string) => Buffer.from(words, 'utf8');
