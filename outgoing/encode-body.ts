import { randomBytes } from 'node:crypto';
import type { EndpointRequest } from '#flow/endpoint-request';
import { isJsonObject, type Json } from '#flow/json';

/** The bytes of a request's body. Files of a multipart form are read by whoever calls. */
export type ReadFile = (fileId: string) => Promise<{ name: string; mimeType: string; bytes: Uint8Array } | null>;
export type Encoded = { contentType: string; body: string | Uint8Array };

export async function encodeBody(body: EndpointRequest['body'], readFile: ReadFile): Promise<Encoded | null> {
  if (body === null) return null;
  if (body.kind === 'json') return { contentType: 'application/json', body: JSON.stringify(body.value) };
  if (body.kind === 'form') return { contentType: 'application/x-www-form-urlencoded', body: new URLSearchParams(body.fields.map(([name, value]) => [name, wordsOf(value)])).toString() };
  const boundary = `millrace-${randomBytes(16).toString('hex')}`;
  const parts: Uint8Array[] = [];
  for (const [name, value] of body.fields) {
    const fileId = isJsonObject(value) && typeof value['id'] === 'string' ? value['id'] : null;
    const file = fileId === null ? null : await readFile(fileId);
    const label = `Content-Disposition: form-data; name="${quoted(name)}"`;
    const head = file ? `${label}; filename="${quoted(file.name)}"\r\nContent-Type: ${file.mimeType}` : label;
    parts.push(Buffer.from(`--${boundary}\r\n${head}\r\n\r\n`), file ? file.bytes : Buffer.from(wordsOf(value)), Buffer.from('\r\n'));
  }
  return { contentType: `multipart/form-data; boundary=${boundary}`, body: Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]) };
}

const wordsOf = (value: Json) => (typeof value === 'object' ? JSON.stringify(value) : String(value));
/** As browsers do: what would end the quotes or the line is percent-encoded. */
const quoted = (words: string) => words.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll('\0', '');
