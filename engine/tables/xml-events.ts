import { SaxesParser } from 'saxes';
import { fail } from '#flow/failure';
import { text } from '#flow/text';
import { isNotText } from './decoded';
import { damaged, unpacked, type ZipEntry } from './zip-entries';

export type XmlEvents = { open?: (name: string, attributes: Record<string, string>) => void; text?: (words: string) => void; close?: (name: string) => void };

/**
 * Reads one part of a workbook, in pieces and element by element. A part that declares entities of its own is refused:
 * they lead to other files or unfold without end, and no spreadsheet writes them. Names come without their prefix.
 */
export async function readXml(entry: ZipEntry, events: XmlEvents): Promise<void> {
  const parser = new SaxesParser({ position: false });
  const own = (name: string) => name.slice(name.indexOf(':') + 1);
  parser.on('doctype', () => fail('PARSE_ERROR', text(`"${entry.name}" in the workbook declares entities of its own, which is refused. Open and save it again in a spreadsheet program.`, `« ${entry.name} » dans le classeur déclare ses propres entités, c’est refusé. Ouvrez-le et enregistrez-le à nouveau dans un tableur.`)));
  parser.on('error', (error) => invalid(entry.name, error));
  if (events.open) parser.on('opentag', (tag) => events.open?.(own(tag.name), attributesOf(tag.attributes)));
  if (events.text) {
    parser.on('text', events.text);
    parser.on('cdata', events.text);
  }
  if (events.close) parser.on('closetag', (tag) => events.close?.(own(tag.name)));
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const piece of unpacked(entry)) parser.write(decoder.decode(piece, { stream: true }));
    parser.write(decoder.decode());
    parser.close();
  } catch (error) {
    if (!isNotText(error)) throw error;
    damaged();
  }
}

function attributesOf(given: Record<string, unknown>): Record<string, string> {
  const made: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) if (typeof value === 'string') made[name] = value;
  return made;
}

function invalid(part: string, error: Error): never {
  const reason = error.message.replace(/^undefined:/, '').slice(0, 200);
  return fail('PARSE_ERROR', text(`"${part}" in the workbook is not valid: ${reason}`, `« ${part} » dans le classeur n’est pas valide : ${reason}`));
}
