import { z } from 'zod';

/** Every word the product shows comes in both languages. */
export type Locale = 'en' | 'fr';
export type Text = { en: string; fr: string };

export const bothTexts = z.object({ en: z.string(), fr: z.string() });

export function text(en: string, fr: string): Text {
  return { en, fr };
}
