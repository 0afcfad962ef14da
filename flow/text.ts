/** Every word the product shows comes in both languages. */
export type Locale = 'en' | 'fr';
export type Text = { en: string; fr: string };

export function text(en: string, fr: string): Text {
  return { en, fr };
}
