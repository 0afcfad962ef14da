import { crc32, createInflateRaw } from 'node:zlib';
import { Readable } from 'node:stream';
import { fail } from '#flow/failure';
import { text } from '#flow/text';

/**
 * A workbook is a zip, and a few kilobytes of one can unpack to gigabytes. The directory is read before anything is
 * unpacked and must lie where it says it does, so that it is the only one; an entry that unpacks to more than the
 * directory says is refused while it does.
 */
export type ZipEntry = { name: string; packed: Buffer; isDeflated: boolean; sizeBytes: number; crc: number };

const limits = { entries: 1_000, unpackedBytes: 200_000_000, ratio: 100, smallBytes: 5_000_000 };
const marks = { end: Buffer.from([0x50, 0x4b, 5, 6]), entry: 0x02014b50, local: 0x04034b50 };
const oldOffice = Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);

export function zipEntries(bytes: Buffer): Map<string, ZipEntry> {
  if (bytes.subarray(0, 8).equals(oldOffice)) fail('FILE_TYPE', text('This is an old Excel file (xls) or one with a password. Save it as xlsx without a password.', 'C’est un ancien fichier Excel (xls) ou protégé par mot de passe. Enregistrez-le en xlsx sans mot de passe.'));
  const end = bytes.lastIndexOf(marks.end);
  if (end < 0 || end + 22 > bytes.length) notAWorkbook();
  const [count, length, start] = [bytes.readUInt16LE(end + 10), bytes.readUInt32LE(end + 12), bytes.readUInt32LE(end + 16)];
  if (count > limits.entries) tooMuch(`${count} entries`, `${count} entrées`);
  if (start + length !== end) notAWorkbook();
  const entries = new Map<string, ZipEntry>();
  let [at, unpacked] = [start, 0];
  for (let place = 0; place < count; place++) {
    if (at + 46 > end || bytes.readUInt32LE(at) !== marks.entry) notAWorkbook();
    const nameLength = bytes.readUInt16LE(at + 28);
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength);
    const sizeBytes = bytes.readUInt32LE(at + 24);
    unpacked += sizeBytes;
    if (unpacked > limits.unpackedBytes) tooMuch('more than 200 MB unpacked', 'plus de 200 Mo décompressés');
    if (entries.has(name)) damaged();
    entries.set(name, entryAt(bytes, { name, sizeBytes, flags: bytes.readUInt16LE(at + 8), method: bytes.readUInt16LE(at + 10), packedBytes: bytes.readUInt32LE(at + 20), crc: bytes.readUInt32LE(at + 16), header: bytes.readUInt32LE(at + 42) }));
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  if (at !== end) notAWorkbook();
  if (unpacked > limits.smallBytes && unpacked > bytes.length * limits.ratio) tooMuch('over 100 times its size when unpacked', 'plus de 100 fois sa taille une fois décompressé');
  return entries;
}

type Listed = { name: string; sizeBytes: number; flags: number; method: number; packedBytes: number; crc: number; header: number };

function entryAt(bytes: Buffer, { name, sizeBytes, flags, method, packedBytes, crc, header }: Listed): ZipEntry {
  if (header + 30 > bytes.length || bytes.readUInt32LE(header) !== marks.local) damaged();
  const start = header + 30 + bytes.readUInt16LE(header + 26) + bytes.readUInt16LE(header + 28);
  if (start + packedBytes > bytes.length || (method !== 0 && method !== 8) || (flags & 1) === 1) damaged();
  return { name, packed: bytes.subarray(start, start + packedBytes), isDeflated: method === 8, sizeBytes, crc };
}

/** The contents in pieces; exactly what the directory says. */
export async function* unpacked({ packed, isDeflated, sizeBytes, name, crc }: ZipEntry): AsyncGenerator<Buffer> {
  const pieces = isDeflated ? Readable.from([packed]).pipe(createInflateRaw({ chunkSize: pieceBytes })) : Readable.from(inPieces(packed));
  let [seen, sum] = [0, 0];
  try {
    for await (const piece of pieces) {
      if (!Buffer.isBuffer(piece)) continue;
      seen += piece.length;
      if (seen > sizeBytes) fail('LIMIT_EXCEEDED', text(`"${name}" in the workbook unpacks to more than it says, which is refused.`, `« ${name} » dans le classeur se décompresse en plus que ce qu’il annonce, c’est refusé.`));
      sum = crc32(piece, sum);
      yield piece;
    }
    if (seen !== sizeBytes || sum !== crc) damaged();
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')) damaged();
    throw error;
  }
}

const pieceBytes = 64 * 1024;

function* inPieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

export function notAWorkbook(): never {
  return fail('FILE_TYPE', text('This is not an Excel workbook (xlsx). Save it as xlsx, or choose the right file type.', 'Ce n’est pas un classeur Excel (xlsx). Enregistrez-le en xlsx, ou choisissez le bon type de fichier.'));
}

export function damaged(): never {
  return fail('PARSE_ERROR', text('The workbook is damaged: a part of it cannot be unpacked. Open and save it again.', 'Le classeur est endommagé : une de ses parties ne peut être décompressée. Ouvrez-le et enregistrez-le à nouveau.'));
}

function tooMuch(en: string, fr: string): never {
  return fail('LIMIT_EXCEEDED', text(`The workbook holds ${en}, which is refused.`, `Le classeur contient ${fr}, c’est refusé.`));
}
