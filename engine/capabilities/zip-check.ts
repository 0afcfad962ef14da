import { fail } from '#flow/failure';
import { text } from '#flow/text';

/**
 * Reads a zip's directory before anything is unpacked: a workbook is a zip, and a few kilobytes of one can unpack to
 * gigabytes. Limits: 1,000 entries, 200 MB unpacked, 100 times its size.
 */
const limits = { entries: 1_000, unpackedBytes: 200_000_000, ratio: 100, smallBytes: 5_000_000 };
const endMark = 0x06054b50;
const entryMark = 0x02014b50;

export function refuseZipBomb(bytes: Buffer): void {
  const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0 || end + 22 > bytes.length || bytes.readUInt32LE(end) !== endMark) notAWorkbook();
  const count = bytes.readUInt16LE(end + 10);
  if (count > limits.entries || count === 0xffff) tooMuch(`${count} entries`, `${count} entrées`);
  let at = bytes.readUInt32LE(end + 16);
  let unpacked = 0;
  for (let entry = 0; entry < count; entry++) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== entryMark) notAWorkbook();
    const size = bytes.readUInt32LE(at + 24);
    unpacked += size;
    if (size === 0xffffffff || unpacked > limits.unpackedBytes) tooMuch('more than 200 MB unpacked', 'plus de 200 Mo décompressés');
    at += 46 + bytes.readUInt16LE(at + 28) + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  if (unpacked > limits.smallBytes && unpacked > bytes.length * limits.ratio) tooMuch('over 100 times its size when unpacked', 'plus de 100 fois sa taille une fois décompressé');
}

function notAWorkbook(): never {
  return fail('FILE_TYPE', text('This is not an Excel workbook (xlsx). Save it as xlsx, or choose the right file type.', 'Ce n’est pas un classeur Excel (xlsx). Enregistrez-le en xlsx, ou choisissez le bon type de fichier.'));
}

function tooMuch(en: string, fr: string): never {
  return fail('LIMIT_EXCEEDED', text(`The workbook holds ${en}, which is refused.`, `Le classeur contient ${fr}, c’est refusé.`));
}
