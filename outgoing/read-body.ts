import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { text } from '#flow/text';
import { Trouble } from './fetch-outcome';

/** What a body may cost: bytes as sent and as unpacked, and how much a packed byte may become once there are many. */
export type BodyLimits = { maxBytes: number };
const mostEncodings = 2;
const largestRatio = 200;
const ratioFrom = 1_000_000;

/** Reads the whole body, unpacked, within the limits. What is too large is given up at once, wherever it is noticed. */
export async function readBody(stream: Readable, encoding: string, { maxBytes }: BodyLimits): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let packedBytes = 0;
  let bytes = 0;
  const counted = async function* (source: AsyncIterable<Buffer>) {
    for await (const chunk of source) {
      packedBytes += chunk.length;
      if (packedBytes > maxBytes) throw new Trouble('too-large', text(`the answer is larger than ${maxBytes} bytes`, `la réponse dépasse ${maxBytes} octets`));
      yield chunk;
    }
  };
  const decoders = decodersFor(encoding);
  let last: AsyncIterable<Buffer> = counted(stream);
  for (const decoder of decoders) last = unpacked(last, decoder);
  for await (const chunk of last) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new Trouble('too-large', text(`the answer is larger than ${maxBytes} bytes`, `la réponse dépasse ${maxBytes} octets`));
    if (decoders.length > 0 && bytes > ratioFrom && bytes > packedBytes * largestRatio) throw new Trouble('too-large', text('the answer is packed more tightly than anything honest', 'la réponse est compressée plus que rien d’honnête ne l’est'));
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes);
}

type Decoder = ReturnType<typeof createGunzip>;

function decodersFor(encoding: string): Decoder[] {
  const names = encoding.toLowerCase().split(',').map((each) => each.trim()).filter((each) => each !== '' && each !== 'identity');
  if (names.length > mostEncodings) throw new Trouble('bad-answer', text(`the answer is packed ${names.length} times`, `la réponse est compressée ${names.length} fois`));
  return names.toReversed().map((name) => {
    if (name === 'gzip' || name === 'x-gzip') return createGunzip();
    if (name === 'deflate') return createInflate();
    if (name === 'br') return createBrotliDecompress();
    throw new Trouble('bad-answer', text(`the answer is packed in a way that is not known (${name.slice(0, 40)})`, `la réponse est compressée d’une façon inconnue (${name.slice(0, 40)})`));
  });
}

async function* unpacked(source: AsyncIterable<Buffer>, decoder: Decoder): AsyncIterable<Buffer> {
  let failed: unknown = null;
  // Written beside being read, so that backpressure of the reader holds the writer.
  const feeding = (async () => {
    try {
      for await (const chunk of source) if (!decoder.write(chunk)) await new Promise<void>((resolve) => decoder.once('drain', resolve).once('close', resolve));
      decoder.end();
    } catch (error) {
      failed = error;
      decoder.destroy();
    }
  })();
  try {
    for await (const chunk of decoder) yield Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk);
  } catch (error) {
    if (failed === null) throw new Trouble('bad-answer', text('the packed answer is damaged', 'la réponse compressée est endommagée'), { cause: error });
  } finally {
    decoder.destroy();
  }
  await feeding;
  if (failed !== null) throw failed;
}
