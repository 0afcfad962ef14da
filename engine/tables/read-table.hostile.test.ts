import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { FailureError, type Failure } from '#flow/failure';
import type { Json, JsonObject } from '#flow/json';
import { defaultLimits } from '#flow/limits';
import type { TableOptions } from '#flow/steps/capabilities';
import { stepType } from '#flow/steps/index';
import { itemsOf, world } from '#flow/steps/testing';
import { readTable } from './read-table';
import { book, bookParts, cell, inline, latin1, row, stylesOf, utf16, utf8, zipOf } from './testing-files';
import { writeTable } from './write-table';

/**
 * Files nobody would wish for, and what comes of each: exact rows, or one documented code that says where and what
 * helps. Each within its time and memory.
 */
type Case = {
  name: string; type: 'csv' | 'xlsx' | 'json'; file: () => Buffer; options?: Partial<TableOptions>; onRowError?: 'skip';
  /** Target ← column; all columns by number otherwise. */
  map?: Record<string, string | number>;
} & ({ gives: JsonObject[]; warns?: RegExp } | { code: Failure['code']; says: RegExp });

/** Bytes: by which a case may raise what the process has ever had, and what all of them together may. */
const most = { processorMs: 10_000, raisedBytes: 300_000_000, bytes: 1_000_000_000 };
const abc = { a: 1, b: 2 };
const headless = { hasHeader: false };
const many = (count: number, make: (at: number) => string) => Array.from({ length: count }, (_, at) => make(at)).join('');
const dates = (...serials: [serial: number, style: number][]) => serials.map(([serial, style], at) => cell(`${'ABCDEFGH'[at] ?? 'I'}1`, serial, `s="${style}"`)).join('');

const csv: Case[] = [
  { name: 'nothing at all', type: 'csv', file: () => utf8(''), map: abc, gives: [] },
  { name: 'a byte order mark alone', type: 'csv', file: () => utf8('\ufeff'), map: abc, gives: [] },
  { name: 'a header alone', type: 'csv', file: () => utf8('a;b'), map: abc, gives: [] },
  { name: 'a header alone that lacks the column', type: 'csv', file: () => utf8('a;b\n'), map: { x: 'c' }, code: 'FIELD_MISSING', says: /no column "c" \(it has a, b\)/ },
  { name: 'UTF-8 with a byte order mark', type: 'csv', file: () => utf8('\ufeffé;b\nÄ;2\n'), map: { a: 'é', b: 'b' }, gives: [{ a: 'Ä', b: '2', $row: 1 }] },
  { name: 'UTF-16, little end first', type: 'csv', file: () => utf16('a;b\nÄ😀;2', 'le'), map: abc, gives: [{ a: 'Ä😀', b: '2', $row: 1 }] },
  { name: 'UTF-16, big end first', type: 'csv', file: () => utf16('a;b\nÄ😀;2', 'be'), map: abc, gives: [{ a: 'Ä😀', b: '2', $row: 1 }] },
  { name: 'UTF-16 without a mark', type: 'csv', file: () => utf16('a;b\n1;2', 'le', false), map: abc, code: 'PARSE_ERROR', says: /NUL character \(line 1\)\. Save it as UTF-8/ },
  { name: 'UTF-16 cut in the middle of a character', type: 'csv', file: () => utf16('a;b\n1;2', 'le').subarray(0, -1), map: abc, code: 'PARSE_ERROR', says: /half a character.*UTF-8/ },
  { name: 'Latin-1', type: 'csv', file: () => latin1('name\nok\nZürich\n'), map: { a: 1 }, code: 'PARSE_ERROR', says: /not UTF-8 \(line 3\)\. Save it as UTF-8/ },
  { name: 'bytes of no encoding', type: 'csv', file: () => Buffer.concat([utf8('a\n'), Buffer.from([0xc0, 0xaf, 0xfe])]), map: { a: 1 }, code: 'PARSE_ERROR', says: /\(line 2\)/ },
  { name: 'a NUL in a cell', type: 'csv', file: () => utf8('a;b\n1;\u00002'), map: abc, code: 'PARSE_ERROR', says: /NUL character \(line 2\)/ },
  { name: 'noise', type: 'csv', file: () => Buffer.concat([Buffer.from([0xf8, 0xff]), randomBytes(5_000)]), map: { a: 1 }, code: 'PARSE_ERROR', says: /UTF-8 text/ },
  { name: 'a zip', type: 'csv', file: () => book({}), map: { a: 1 }, code: 'FILE_TYPE', says: /zip or Excel file.*Choose the file type Excel/ },
  { name: 'a PDF', type: 'csv', file: () => utf8('%PDF-1.7\n1 0 obj'), map: { a: 1 }, code: 'FILE_TYPE', says: /a PDF/ },
  { name: 'an old Excel file', type: 'csv', file: () => Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0]), map: { a: 1 }, code: 'FILE_TYPE', says: /xls.*Save it as/ },
  { name: 'something packed', type: 'csv', file: () => Buffer.from([0x1f, 0x8b, 8, 0]), map: { a: 1 }, code: 'FILE_TYPE', says: /gzip.*Unpack/ },
  { name: 'a picture', type: 'json', file: () => Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]), map: { a: 1 }, code: 'FILE_TYPE', says: /picture/ },
  { name: 'lines that end in CR and LF', type: 'csv', file: () => utf8('a;b\r\n1;2\r\n3;4\r\n'), map: abc, gives: [{ a: '1', b: '2', $row: 1 }, { a: '3', b: '4', $row: 2 }] },
  { name: 'lines that end in CR', type: 'csv', file: () => utf8('a;b\r1;2\r3;4'), map: abc, gives: [{ a: '1', b: '2', $row: 1 }, { a: '3', b: '4', $row: 2 }] },
  { name: 'every kind of line end at once', type: 'csv', file: () => utf8('a;b\r\n1;2\n3;4\r5;6\n\r7;8'), map: abc, gives: [{ a: '1', b: '2', $row: 1 }, { a: '3', b: '4', $row: 2 }, { a: '5', b: '6', $row: 3 }, { a: '7', b: '8', $row: 4 }] },
  { name: 'empty lines', type: 'csv', file: () => utf8('a;b\n\n\n1;2\n\n3;4\n\n'), map: abc, gives: [{ a: '1', b: '2', $row: 1 }, { a: '3', b: '4', $row: 2 }] },
  { name: 'short and long rows', type: 'csv', file: () => utf8('a;b\n1\n1;2;3\n;'), map: abc, gives: [{ a: '1', b: null, $row: 1 }, { a: '1', b: '2', $row: 2 }, { a: null, b: null, $row: 3 }] },
  { name: 'separators, quotes and line ends in quotes', type: 'csv', file: () => utf8('a;b\n"x;""y""";"1\r\n2"'), map: abc, gives: [{ a: 'x;"y"', b: '1\r\n2', $row: 1 }] },
  { name: 'a quote that is never closed', type: 'csv', file: () => utf8('a;b\n1;2\n"3;4\n5;6\n'), map: abc, code: 'PARSE_ERROR', says: /\(line \d\): a quote is opened and never closed\. Close it/ },
  { name: 'a quote in the middle of a cell', type: 'csv', file: () => utf8('a;b\n1;2\n3;4" wide\n'), map: abc, code: 'PARSE_ERROR', says: /\(line 3\): a quote stands inside a cell.*double/ },
  { name: 'something behind a closing quote', type: 'csv', file: () => utf8('a;b\n"1"x;2\n'), map: abc, code: 'PARSE_ERROR', says: /\(line 2\): something stands between/ },
  { name: 'a skipped first line with a lonely quote', type: 'csv', file: () => utf8('Report "May\r\n\r\na;b\r\n1;2'), options: { skipLines: 2 }, map: abc, gives: [{ a: '1', b: '2', $row: 1 }] },
  { name: 'more lines skipped than there are', type: 'csv', file: () => utf8('a;b\n1;2'), options: { skipLines: 9 }, map: abc, gives: [] },
  { name: 'the other separator', type: 'csv', file: () => utf8('a,b\n1,2'), map: { a: 'a', b: 'b' }, code: 'FIELD_MISSING', says: /no column "a" \(it has a,b\).*separator/ },
  { name: 'tabs', type: 'csv', file: () => utf8('a\tb\n1\t2'), options: { columnSeparator: '\t' }, map: abc, gives: [{ a: '1', b: '2', $row: 1 }] },
  { name: 'a quote as separator', type: 'csv', file: () => utf8('a"b'), options: { columnSeparator: '"' }, map: abc, code: 'PARAM_INVALID', says: /separator cannot be a quote/ },
  { name: 'two headers alike', type: 'csv', file: () => utf8('a;a;b\n1;2;3'), map: { a: 'a', b: 'b' }, gives: [{ a: '1', b: '3', $row: 1 }], warns: /twice.*: a\./ },
  { name: 'headers named like dangers', type: 'csv', file: () => utf8('__proto__;constructor\n1;2'), map: { a: '__proto__', b: 'constructor' }, gives: [{ a: '1', b: '2', $row: 1 }] },
  { name: 'right to left, emoji and joined characters', type: 'csv', file: () => utf8('שם;名\nשלום\u200f;👩‍👩‍👧‍👦\n\u202eabc;e\u0301'), map: { a: 'שם', b: '名' }, gives: [{ a: 'שלום\u200f', b: '👩‍👩‍👧‍👦', $row: 1 }, { a: '\u202eabc', b: 'e\u0301', $row: 2 }] },
  { name: 'numbers beyond what a number keeps', type: 'csv', file: () => utf8('n\n9007199254740993'), map: { n: 1 }, gives: [{ n: '9007199254740993', $row: 1 }] },
  { name: 'a whole number too large to be one', type: 'csv', file: () => utf8('n\n1\n9007199254740993'), map: { 'n@integer': 1 }, code: 'TYPE_MISMATCH', says: /Row 2 \(line 3\).*type integer/ },
  { name: 'numbers as other countries write them', type: 'csv', file: () => utf8('n\n"1,5"\n1 000\n٣\n0x10'), map: { 'n@number': 1 }, onRowError: 'skip', gives: [], warns: /Row 1 \(line 2\)/ },
  { name: 'numbers as this one does', type: 'csv', file: () => utf8('n\n 1.5 \n1e3\n-0\n.5'), map: { 'n@number': 1 }, gives: [{ n: 1.5, $row: 1 }, { n: 1_000, $row: 2 }, { n: -0, $row: 3 }, { n: 0.5, $row: 4 }] },
  { name: 'dates that do not exist', type: 'csv', file: () => utf8('d\n2026-02-28\n2026-02-30'), map: { 'd@date': 'd' }, code: 'TYPE_MISMATCH', says: /Row 2 \(line 3\).*2026-02-30/ },
  { name: 'formulas', type: 'csv', file: () => utf8('a;b\n=1+1;@SUM(A1)\n+1;-1'), map: abc, gives: [{ a: '=1+1', b: '@SUM(A1)', $row: 1 }, { a: '+1', b: '-1', $row: 2 }] },
  { name: 'a million columns', type: 'csv', file: () => utf8(`${many(1_000_000, (at) => `c${at};`)}\n${many(1_000_000, (at) => `${at % 10};`)}`), map: { a: 'c999999', b: 1_000_000 }, gives: [{ a: '9', b: '9', $row: 1 }] },
  { name: 'six million cells', type: 'csv', file: () => utf8(`${';'.repeat(999_999)}\n`.repeat(6)), map: { a: 1 }, code: 'LIMIT_EXCEEDED', says: /more than 5 million cells\. Split it/ },
  { name: '10 MB of one line', type: 'csv', file: () => utf8(`a\n${'x'.repeat(10_000_000)}`), map: { a: 1 }, gives: [{ a: 'x'.repeat(10_000_000), $row: 1 }] },
  { name: '10 MB of quotes', type: 'csv', file: () => utf8(`a\n"${'""'.repeat(5_000_000)}`), map: { a: 1 }, code: 'PARSE_ERROR', says: /never closed/ },
  { name: 'one row too many', type: 'csv', file: () => utf8(`a\n${'1\n'.repeat(100_001)}`), map: { a: 1 }, code: 'LIMIT_EXCEEDED', says: /more than 100,000 rows\. Split it/ },
  { name: 'one byte too many', type: 'csv', file: () => Buffer.alloc(20 * 1_048_576 + 1, 97), map: { a: 1 }, code: 'FILE_TOO_LARGE', says: /20 MB.*Split it/ },
  { name: 'a column that no row has', type: 'csv', file: () => utf8('1;2\n3'), options: headless, map: { a: 'C' }, code: 'FIELD_MISSING', says: /no column "C" \(it has 2 columns and no header\)/ },
];

const json: Case[] = [
  { name: 'nothing at all', type: 'json', file: () => utf8(' \n'), map: { a: 'a' }, gives: [] },
  { name: 'one object', type: 'json', file: () => utf8('\ufeff{"a":{"b":[1,2]}}'), map: { a: 'a.b[1]' }, gives: [{ a: 2, $row: 1 }] },
  { name: 'a bare word', type: 'json', file: () => utf8('"x"'), map: { a: 'value' }, gives: [{ a: 'x', $row: 1 }] },
  { name: 'all kinds of elements', type: 'json', file: () => utf8('[{"a":1},null,5,[6],{"a":null},{}]'), map: { a: 'a', v: 'value' }, gives: [{ a: 1, v: null, $row: 1 }, { a: null, v: null, $row: 2 }, { a: null, v: 5, $row: 3 }, { a: null, v: [6], $row: 4 }, { a: null, v: null, $row: 5 }, { a: null, v: null, $row: 6 }] },
  { name: 'a key twice', type: 'json', file: () => utf8('[{"a":1,"a":2}]'), map: { a: 'a' }, gives: [{ a: 2, $row: 1 }] },
  { name: 'the key of a prototype', type: 'json', file: () => utf8('[{"__proto__":{"a":1},"constructor":{"a":2}}]'), map: { a: 'a' }, gives: [{ a: null, $row: 1 }] },
  { name: 'a path through the prototype', type: 'json', file: () => utf8('[{"x":1}]'), map: { a: '__proto__.toString' }, gives: [{ a: null, $row: 1 }] },
  { name: 'numbers beyond what a number keeps', type: 'json', file: () => utf8('[{"a":9007199254740993},{"a":1e400}]'), map: { a: 'a' }, gives: [{ a: 9_007_199_254_740_992, $row: 1 }, { a: Infinity, $row: 2 }] },
  { name: 'an object that breaks off', type: 'json', file: () => utf8('[{"a":1},\n{"a":'), map: { a: 'a' }, code: 'PARSE_ERROR', says: /\(line 2\): it ends too early/ },
  { name: 'a comma too many', type: 'json', file: () => utf8('[\n1,\n]'), map: { a: 'value' }, code: 'PARSE_ERROR', says: /\(line 3\): "]" is not expected/ },
  { name: 'words without quotes', type: 'json', file: () => utf8('[\n{"a":1},\n{a:2}]'), map: { a: 'a' }, code: 'PARSE_ERROR', says: /\(line 3\): "a:2}]"/ },
  { name: 'a tab in a string', type: 'json', file: () => utf8('["a\tb"]'), map: { a: 'value' }, code: 'PARSE_ERROR', says: /\(line 1\)/ },
  { name: 'one object a line', type: 'json', file: () => utf8('{"a":1}\n{"a":2}'), map: { a: 'a' }, code: 'PARSE_ERROR', says: /\(line 2\)/ },
  { name: 'a list of 5 million levels', type: 'json', file: () => utf8(`${'['.repeat(5_000_000)}${']'.repeat(5_000_000)}`), map: { a: 'value' }, code: 'PARSE_ERROR', says: /deeper than 65 levels \(line 1\)\. Flatten/ },
  { name: 'objects of 65 levels', type: 'json', file: () => utf8(`[1,${'{"a":'.repeat(66)}1${'}'.repeat(66)}]`), map: { a: 'a' }, code: 'PARSE_ERROR', says: /deeper than 65 levels/ },
  { name: 'a million open brackets', type: 'json', file: () => utf8('\n['.repeat(1_000_000)), map: { a: 'value' }, code: 'PARSE_ERROR', says: /deeper than 65 levels \(line 67\)/ },
  { name: 'brackets in a text', type: 'json', file: () => utf8(`[{"a":"\\"${'[{'.repeat(500)}"}]`), map: { a: 'a' }, gives: [{ a: `"${'[{'.repeat(500)}`, $row: 1 }] },
  { name: '64 levels', type: 'json', file: () => utf8(`[${'['.repeat(64)}1${']'.repeat(64)}]`), map: { a: `value${'[0]'.repeat(64)}` }, gives: [{ a: 1, $row: 1 }] },
  { name: '100,001 elements', type: 'json', file: () => utf8(`[${'1,'.repeat(100_000)}1]`), map: { a: 'value' }, code: 'LIMIT_EXCEEDED', says: /100,000 rows/ },
  { name: 'UTF-16', type: 'json', file: () => utf16('[{"a":"é"}]', 'be'), map: { a: 'a' }, gives: [{ a: 'é', $row: 1 }] },
];

const xlsx: Case[] = [
  { name: 'a plain sheet', type: 'xlsx', file: () => book({ sheet: row(1, inline('A1', 'a'), inline('B1', 'b')) + row(2, cell('A2', 1.5), cell('B2', 1, 't="b"')) }), map: abc, gives: [{ a: 1.5, b: true, $row: 1 }] },
  { name: 'a sheet without rows', type: 'xlsx', file: () => book({}), map: { a: 1 }, gives: [] },
  { name: 'no place for rows and cells', type: 'xlsx', file: () => book({ sheet: '<row><c><v>1</v></c><c/><c><v>3</v></c></row><row/><row><c><v>4</v></c></row>' }), options: headless, map: { a: 1, b: 2, c: 3 }, gives: [{ a: 1, b: null, c: 3, $row: 1 }, { a: 4, b: null, c: null, $row: 2 }] },
  { name: 'names with a prefix', type: 'xlsx', file: () => zipOf(bookParts({}).map((each) => (each.name.endsWith('sheet1.xml') ? { ...each, content: '<x:worksheet xmlns:x="y"><x:sheetData><x:row r="1"><x:c r="A1"><x:v>7</x:v></x:c></x:row></x:sheetData></x:worksheet>' } : each))), options: headless, map: { a: 1 }, gives: [{ a: 7, $row: 1 }] },
  { name: 'a workbook in another folder', type: 'xlsx', file: () => book({ main: 'book/main.xml', sheet: row(1, cell('A1', 5)) }), options: headless, map: { a: 1 }, gives: [{ a: 5, $row: 1 }] },
  { name: 'the second sheet', type: 'xlsx', file: () => book({ sheets: [{ name: 'One', data: row(1, cell('A1', 1)) }, { name: 'Two &amp; 2', data: row(1, cell('A1', 2)) }] }), options: { ...headless, worksheet: 'Two & 2' }, map: { a: 1 }, gives: [{ a: 2, $row: 1 }] },
  { name: 'a sheet there is not', type: 'xlsx', file: () => book({}), options: { worksheet: 'Gone' }, map: { a: 1 }, code: 'FIELD_MISSING', says: /no sheet "Gone" \(it has Sheet1\)/ },
  { name: 'shared, rich and spoken texts', type: 'xlsx', file: () => book({ strings: '<si><t>plain</t></si><si><r><t>ri</t></r><r><t xml:space="preserve">ch </t></r></si><si><t>漢字</t><rPh><t>かんじ</t></rPh></si><si/>', sheet: row(1, cell('A1', 0, 't="s"'), cell('B1', 1, 't="s"'), cell('C1', 2, 't="s"'), cell('D1', 3, 't="s"')) }), options: headless, map: { a: 1, b: 2, c: 3, d: 4 }, gives: [{ a: 'plain', b: 'rich ', c: '漢字', d: null, $row: 1 }] },
  { name: 'a shared text there is not', type: 'xlsx', file: () => book({ strings: '<si><t>x</t></si>', sheet: row(3, cell('B3', 7, 't="s"')) }), options: headless, map: { a: 1 }, code: 'PARSE_ERROR', says: /cell B3 .*\(line 3\).*save the workbook again/ },
  { name: 'a number that is none', type: 'xlsx', file: () => book({ sheet: row(2, cell('A2', 'NaN')) }), options: headless, map: { a: 1 }, code: 'PARSE_ERROR', says: /cell A2 holds "NaN"/ },
  { name: 'escaped characters', type: 'xlsx', file: () => book({ sheet: row(1, inline('A1', 'a_x000D_b_x0000__xD800_c'), inline('B1', '&lt;&amp;&#x1F600;')) }), options: headless, map: abc, gives: [{ a: 'a\rbc', b: '<&😀', $row: 1 }] },
  { name: 'errors and formulas without a result', type: 'xlsx', file: () => book({ sheet: row(1, cell('A1', '#DIV/0!', 't="e"'), '<c r="B1"><f>A1+1</f></c>', '<c r="C1" t="str"><f>"a"&amp;"b"</f><v>ab</v></c>', '<c r="D1"><f>1+1</f><v>2</v></c>') }), options: headless, map: { a: 1, b: 2, c: 3, d: 4 }, gives: [{ a: null, b: null, c: 'ab', d: 2, $row: 1 }], warns: /2 cells .*#DIV\/0! \(A1\), = \(B1\)/ },
  { name: 'merged cells', type: 'xlsx', file: () => zipOf(bookParts({}).map((each) => (each.name.endsWith('sheet1.xml') ? { ...each, content: `<worksheet><sheetData>${row(1, cell('A1', 1), '<c r="B1"/>')}${row(2, '<c r="A2"/>', cell('B2', 2))}</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells><dataValidations><dataValidation sqref="A1:XFD1048576"/></dataValidations></worksheet>` } : each))), options: headless, map: abc, gives: [{ a: 1, b: null, $row: 1 }, { a: null, b: 2, $row: 2 }] },
  { name: 'dates, times, lengths of time and percents', type: 'xlsx', file: () => book({ styles: stylesOf(14, 20, '[h]:mm', 9, '#,##0 "days"', 'dd\\-mmm', '[Red]0.00', 22), sheet: row(1, dates([46_053, 1], [0.5, 2], [1.5, 3], [0.25, 4], [3, 5], [46_053.354166666664, 6], [2, 7], [59, 8])) }), options: headless, map: { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7, h: 8 }, gives: [{ a: '2026-01-31T00:00:00.000Z', b: '12:00:00', c: 1.5, d: 0.25, e: 3, f: '2026-01-31T08:30:00.000Z', g: 2, h: '1900-02-28T00:00:00.000Z', $row: 1 }] },
  { name: 'dates that count from 1904', type: 'xlsx', file: () => book({ workbookPr: '<workbookPr date1904="1"/>', styles: stylesOf(14, 20), sheet: row(1, dates([44_591, 1], [0, 1], [0.75, 2])) }), options: headless, map: { a: 1, b: 2, c: 3 }, gives: [{ a: '2026-01-31T00:00:00.000Z', b: '1904-01-01T00:00:00.000Z', c: '18:00:00', $row: 1 }] },
  { name: 'dates beyond all calendars', type: 'xlsx', file: () => book({ styles: stylesOf(14), sheet: row(1, dates([1e9, 1], [-5, 1], [1e300, 1])) }), options: headless, map: { a: 1, b: 2, c: 3 }, gives: [{ a: 1e9, b: -5, c: 1e300, $row: 1 }] },
  { name: 'dates and times for typed targets', type: 'xlsx', file: () => book({ styles: stylesOf(14, 20, 22), sheet: row(1, dates([46_053, 1], [0.5, 2], [46_053.5, 3])) }), options: headless, map: { 'a@date': 1, 'b@time': 2, 'c@date-time': 3, 'd@string': 1 }, gives: [{ a: '2026-01-31', b: '12:00:00', c: '2026-01-31T12:00:00.000Z', d: '2026-01-31T00:00:00.000Z', $row: 1 }] },
  { name: 'lines skipped and blank rows between', type: 'xlsx', file: () => book({ sheet: row(1, inline('A1', 'Report')) + row(4, inline('A4', 'n')) + row(5, '<c r="A5"/>') + row(9, cell('A9', 3)) }), options: { skipLines: 1 }, map: { n: 'n' }, gives: [{ n: 3, $row: 1 }] },
  { name: 'a wrong value far down', type: 'xlsx', file: () => book({ sheet: row(1, inline('A1', 'n')) + row(1_048_576, inline('A1048576', 'x')) }), map: { 'n@number': 'n' }, code: 'TYPE_MISMATCH', says: /Row 1 \(line 1048576\)/ },
  { name: 'the farthest column', type: 'xlsx', file: () => book({ sheet: row(1, cell('XFD1', 1)) + row(2, cell('XFD2', 2)) }), options: headless, map: { a: 'XFD' }, gives: [{ a: 1, $row: 1 }, { a: 2, $row: 2 }] },
  { name: 'a column beyond the farthest', type: 'xlsx', file: () => book({ sheet: row(1, cell('XFE1', 1)) }), options: headless, map: { a: 1 }, code: 'PARSE_ERROR', says: /"XFE1", beyond what a worksheet can hold/ },
  { name: 'a place that is none', type: 'xlsx', file: () => book({ sheet: row(1, cell('ZZZZZZ1', 1)) }), options: headless, map: { a: 1 }, code: 'PARSE_ERROR', says: /"ZZZZZZ1", which is no place/ },
  { name: 'a row beyond the last', type: 'xlsx', file: () => book({ sheet: row(99_999_999, cell('A1', 1)) }), options: headless, map: { a: 1 }, code: 'PARSE_ERROR', says: /"99999999", beyond/ },
  { name: '100,000 rows at the farthest column', type: 'xlsx', file: () => book({ sheet: many(100_000, (at) => row(at + 1, cell(`XFD${at + 1}`, 1))) }), options: { ...headless, worksheet: null }, map: { 'a@string': 'A', 'b@boolean': 'B' }, gives: Array.from({ length: 100_000 }, (_, at) => ({ a: null, b: null, $row: at + 1 })) },
  { name: 'one row too many', type: 'xlsx', file: () => book({ sheet: many(100_001, (at) => row(at + 1, cell(`A${at + 1}`, 1))) }), options: headless, map: { a: 1 }, code: 'LIMIT_EXCEEDED', says: /100,000 rows/ },
  { name: 'a text longer than Excel allows', type: 'xlsx', file: () => book({ sheet: row(2, inline('C2', 'x'.repeat(32_768))) }), options: headless, map: { a: 1 }, code: 'LIMIT_EXCEEDED', says: /cell C2 holds more than 32,767/ },
  { name: 'one text shared a thousand times', type: 'xlsx', file: () => book({ strings: `<si><t>${randomBytes(15_000).toString('hex')}</t></si>`, sheet: many(4_000, (at) => row(at + 1, cell(`A${at + 1}`, 0, 't="s"'))) }), options: headless, map: { a: 1 }, code: 'LIMIT_EXCEEDED', says: /100 million characters.*Split it/ },
  { name: 'an entity from outside', type: 'xlsx', file: () => book({ before: '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>', sheet: row(1, inline('A1', '&e;')) }), options: headless, map: { a: 1 }, code: 'PARSE_ERROR', says: /sheet1\.xml" .*declares entities.*save it again/ },
  { name: 'a billion laughs', type: 'xlsx', file: () => book({ before: `<!DOCTYPE x [<!ENTITY a "ha">${many(9, (at) => `<!ENTITY ${'bcdefghij'[at]} "${`&${'abcdefghi'[at]};`.repeat(10)}">`)}]>`, sheet: row(1, inline('A1', '&j;')) }), options: headless, map: { a: 1 }, code: 'PARSE_ERROR', says: /declares entities/ },
  { name: 'an entity nobody declared', type: 'xlsx', file: () => book({ sheet: row(1, inline('A1', '&nbsp;')) }), options: headless, map: { a: 1 }, code: 'PARSE_ERROR', says: /sheet1\.xml" in the workbook is not valid/ },
  { name: 'elements that do not close', type: 'xlsx', file: () => book({ sheet: '<row><c><v>1</row>' }), options: headless, map: { a: 1 }, code: 'PARSE_ERROR', says: /not valid/ },
  { name: 'a million elements inside one another', type: 'xlsx', file: () => book({ sheet: '<a>'.repeat(300_000) + randomBytes(20_000).toString('hex') }), options: headless, map: { a: 1 }, code: 'PARSE_ERROR', says: /not valid/ },
  { name: 'a sheet in Latin-1', type: 'xlsx', file: () => zipOf(bookParts({}).map((each) => (each.name.endsWith('sheet1.xml') ? { ...each, content: latin1('<worksheet><sheetData><row><c t="inlineStr"><is><t>Zürich</t></is></c></row></sheetData></worksheet>') } : each))), options: headless, map: { a: 1 }, code: 'PARSE_ERROR', says: /damaged/ },
  { name: 'half of the file', type: 'xlsx', file: () => book({ sheet: row(1, cell('A1', 1)) }).subarray(0, 600), map: { a: 1 }, code: 'FILE_TYPE', says: /not an Excel workbook.*Save it as xlsx/ },
  { name: 'a byte changed in a sheet', type: 'xlsx', file: () => { const parts = bookParts({ sheet: row(1, inline('A1', 'sound')) }).map((each) => ({ ...each, method: 0 })); const bytes = zipOf(parts); bytes.write('S', bytes.indexOf('sound')); return bytes; }, options: headless, map: { a: 1 }, code: 'PARSE_ERROR', says: /damaged.*save it again/ },
  { name: 'a sheet that is missing', type: 'xlsx', file: () => zipOf(bookParts({}).filter((each) => !each.name.endsWith('sheet1.xml'))), map: { a: 1 }, code: 'PARSE_ERROR', says: /damaged/ },
  { name: 'plain text', type: 'xlsx', file: () => utf8('a;b\n1;2'), map: { a: 1 }, code: 'FILE_TYPE', says: /not an Excel workbook/ },
  { name: 'an old Excel file', type: 'xlsx', file: () => Buffer.concat([Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]), Buffer.alloc(600)]), map: { a: 1 }, code: 'FILE_TYPE', says: /old Excel file \(xls\) or one with a password/ },
  { name: 'a document of another program', type: 'xlsx', file: () => book({ main: 'word/document.bin' }), map: { a: 1 }, code: 'FILE_TYPE', says: /not an Excel workbook/ },
  { name: 'a zip of something else', type: 'xlsx', file: () => zipOf([{ name: 'a.txt', content: 'x' }]), map: { a: 1 }, code: 'FILE_TYPE', says: /not an Excel workbook/ },
  { name: 'a zip of nothing', type: 'xlsx', file: () => zipOf([]), map: { a: 1 }, code: 'FILE_TYPE', says: /not an Excel workbook/ },
  { name: 'a part with a password', type: 'xlsx', file: () => zipOf(bookParts({}).map((each) => ({ ...each, flags: 1 }))), map: { a: 1 }, code: 'PARSE_ERROR', says: /damaged/ },
  { name: 'a bomb that says so', type: 'xlsx', file: () => zipOf([...bookParts({}), { name: 'xl/media/a.bin', content: Buffer.alloc(30_000_000) }]), map: { a: 1 }, code: 'LIMIT_EXCEEDED', says: /100 times its size/ },
  { name: 'a bomb that says it is small', type: 'xlsx', file: () => zipOf(bookParts({}).map((each) => (each.name.endsWith('sheet1.xml') ? { ...each, content: `<worksheet>${' '.repeat(60_000_000)}</worksheet>`, claims: 500 } : each))), map: { a: 1 }, code: 'LIMIT_EXCEEDED', says: /sheet1\.xml" .* unpacks to more than it says/ },
  { name: 'a directory that lies about its length', type: 'xlsx', file: () => zipOf(bookParts({}), { count: 1 }), map: { a: 1 }, code: 'FILE_TYPE', says: /not an Excel workbook/ },
  { name: 'a second directory in a gap', type: 'xlsx', file: () => zipOf(bookParts({}), { gap: Buffer.alloc(46) }), map: { a: 1 }, code: 'FILE_TYPE', says: /not an Excel workbook/ },
  { name: 'too many parts', type: 'xlsx', file: () => zipOf([...bookParts({}), ...Array.from({ length: 1_000 }, (_, at) => ({ name: `x${at}` }))]), map: { a: 1 }, code: 'LIMIT_EXCEEDED', says: /entries/ },
  { name: 'a part twice', type: 'xlsx', file: () => zipOf([...bookParts({}), ...bookParts({}).slice(-1)]), map: { a: 1 }, code: 'PARSE_ERROR', says: /damaged/ },
  { name: 'words behind the zip', type: 'xlsx', file: () => zipOf(bookParts({ sheet: row(1, cell('A1', 1)) }), { comment: 'made by hand' }), options: headless, map: { a: 1 }, gives: [{ a: 1, $row: 1 }] },
  { name: 'a million columns wide', type: 'xlsx', file: () => book({ sheet: row(1, ...Array.from({ length: 20_000 }, () => '<c><v>1</v></c>')) }), options: headless, map: { a: 1 }, code: 'PARSE_ERROR', says: /beyond what a worksheet can hold/ },
];

const peakBytes = () => process.resourceUsage().maxRSS * 1_024;

const importFile = stepType('dataflow/import-file') ?? expect.fail('no import-file');
const defaults: TableOptions = { fileType: 'csv', columnSeparator: ';', skipLines: 0, hasHeader: true, worksheet: null };

async function imported(each: Case, bytes: Buffer): Promise<{ items: Json[]; warnings: string[] }> {
  const table = await readTable(bytes, { ...defaults, ...each.options, fileType: each.type });
  const at = world({ tables: { f1: table } });
  const fieldsMapping = Object.entries(each.map ?? {}).map(([target, column]) => ({ target, value: { column } }));
  const params = { fileField: 'file', fileType: each.type, fieldsMapping, hasHeader: each.options?.hasHeader ?? true, ...(each.onRowError ? { onRowError: each.onRowError } : {}) };
  return { items: await itemsOf(importFile, params, { source: [{ file: 'f1' }] }, at), warnings: at.warnings };
}

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  try {
    await work;
  } catch (error) {
    if (error instanceof FailureError) return error.failure;
    throw error;
  }
  return expect.fail('it was read');
}

test('the corpus is large', () => expect(csv.length + json.length + xlsx.length).toBeGreaterThanOrEqual(100));

test.each([...csv, ...json, ...xlsx].map((each) => ({ ...each, title: `${each.type}: ${each.name}` })))('R97 $title', { timeout: 60_000 }, async (each) => {
  const bytes = each.file();
  const [startedAt, before] = [process.cpuUsage(), peakBytes()];
  if ('code' in each) {
    const failure = await failureOf(imported(each, bytes));
    expect([failure.code, failure.message]).toEqual([each.code, expect.stringMatching(each.says)]);
    expect(failure.text.fr).not.toBe(failure.text.en);
  } else {
    const { items, warnings } = await imported(each, bytes);
    expect(items).toEqual(each.gives);
    if (each.warns) expect(warnings.join(' ')).toMatch(each.warns);
    else expect(warnings).toEqual([]);
  }
  const { user, system } = process.cpuUsage(startedAt);
  expect((user + system) / 1_000, 'milliseconds of the processor').toBeLessThan(most.processorMs);
  expect(peakBytes() - before, 'bytes at the worst moment').toBeLessThan(most.raisedBytes);
  expect(peakBytes()).toBeLessThan(most.bytes);
});

const exported = async (fileType: 'csv' | 'xlsx' | 'json', columns: string[], rows: Json[][], more: { worksheetName?: string; columnSeparator?: string } = {}) => {
  const { bytes } = await writeTable({ fileType, fileName: 'x', columnSeparator: ';', worksheetName: 'Sheet1', columns, rows, ...more }, defaultLimits.exportBytes);
  return readTable(bytes, { ...defaults, fileType, hasHeader: false });
};
const cellsOf = async (...given: Parameters<typeof exported>) => {
  const table = await exported(...given);
  return table.kind === 'cells' ? table.rows.map((each) => Array.from(each.cells, (value) => value ?? null)) : [];
};

test.each(['csv', 'xlsx'] as const)('R97 what a spreadsheet would run is escaped in a %s, also as a column name', async (fileType) => {
  const formulas = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1', "=cmd|' /C calc'!A0"];
  const [header, ...rows] = await cellsOf(fileType, ['=a', 'b'], formulas.map((each) => [each, 'plain']));
  expect(header).toEqual(["'=a", 'b']);
  expect(rows).toEqual(formulas.map((each) => [`'${each}`, 'plain']));
});

test.each(['csv', 'xlsx'] as const)('R97 a %s keeps whatever a cell may hold', async (fileType) => {
  const words = ['a;b', 'a\r\nb\rc', '_x000D_ and \u0007', '"x"', 'two\nlines', '😀', 'שלום', 'x\u202ey', '<&>"\'', ' blanks ', 'x'.repeat(32_767)];
  expect((await cellsOf(fileType, ['a'], words.map((each) => [each]))).slice(1)).toEqual(words.map((each) => [each]));
});

test('R97 references, objects and nothing in cells', async () => {
  const row: Json[] = [null, { id: 7, name: 'Car' }, { id: 7, name: null }, { id: 8, name: 'Gone', $missing: true }, { id: 7, x: 1 }, [1, 'a'], true, -5, 1e21];
  expect((await cellsOf('csv', row.map((_each, at) => `c${at}`), [row]))[1]).toEqual(['', 'Car', '7', 'Gone', '{"id":7,"x":1}', '[1,"a"]', 'true', '-5', '1e+21']);
});

test.each(["'quoted'", 'History', '[a]:b*', '', 'x'.repeat(60)])('R97 a worksheet may be asked to be named %j', async (worksheetName) => {
  expect(await cellsOf('xlsx', ['a'], [['b']], { worksheetName })).toEqual([['a'], ['b']]);
});

test('R97 what is too large, too long or no separator is refused before it is stored', async () => {
  const write = (more: object) => failureOf(writeTable({ fileType: 'csv', fileName: 'x', columnSeparator: ';', worksheetName: 'S', columns: ['a'], rows: [['b']], ...more }, defaultLimits.exportBytes));
  expect(await write({ rows: [['x'.repeat(defaultLimits.exportBytes)]] })).toMatchObject({ code: 'FILE_TOO_LARGE' });
  expect(await write({ columnSeparator: '"' })).toMatchObject({ code: 'PARAM_INVALID' });
  expect(await write({ columnSeparator: '\n' })).toMatchObject({ code: 'PARAM_INVALID' });
  expect(await write({ fileName: 'a/b' })).toMatchObject({ code: 'PARAM_INVALID' });
  expect(await write({ fileType: 'xlsx', rows: [['x'.repeat(32_768)]] })).toMatchObject({ code: 'LIMIT_EXCEEDED' });
});
