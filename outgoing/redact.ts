import { isJsonObject, type Json } from '#flow/json';

/** Credentials are taken out of whatever came back before anybody sees it: some servers echo what they were sent. */
const mask = '••••';
const shortest = 4;

/** A secret in the forms it may come back in: plain, base64, percent-encoded and as JSON text. */
export function formsOf(secrets: readonly string[]): string[] {
  const forms = new Set<string>();
  for (const secret of secrets) {
    if (secret.length < shortest) continue;
    const utf8 = Buffer.from(secret, 'utf8');
    const base64 = utf8.toString('base64');
    for (const each of [secret, base64, base64.replace(/=+$/, ''), utf8.toString('base64url'), utf8.toString('hex'), encodeURIComponent(secret), encodeURIComponent(secret).replaceAll('%20', '+'), encodeURIComponent(base64), JSON.stringify(secret).slice(1, -1)]) forms.add(each);
  }
  return [...forms].toSorted((a, b) => b.length - a.length);
}

export function redactText(words: string, forms: readonly string[]): string {
  return forms.reduce((text, form) => (text.includes(form) ? text.replaceAll(form, mask) : text), words);
}

export function redactJson(value: Json, forms: readonly string[]): Json {
  if (forms.length === 0) return value;
  if (typeof value === 'string') return redactText(value, forms);
  if (Array.isArray(value)) return value.map((each) => redactJson(each, forms));
  if (isJsonObject(value)) return Object.fromEntries(Object.entries(value).map(([key, each]) => [redactText(key, forms), redactJson(each, forms)]));
  return value;
}

export function redactBytes(bytes: Uint8Array, forms: readonly string[]): Uint8Array {
  const text = Buffer.from(bytes).toString('latin1');
  const found = forms.some((form) => text.includes(Buffer.from(form, 'utf8').toString('latin1')));
  if (!found) return bytes;
  const stars = '*'.repeat(mask.length);
  return Buffer.from(forms.reduce((all, form) => all.replaceAll(Buffer.from(form, 'utf8').toString('latin1'), stars), text), 'latin1');
}
