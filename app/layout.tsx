import './globals.css';
import type { Metadata, Viewport } from 'next';
import { NextIntlClientProvider } from 'next-intl';
import { getLocale } from 'next-intl/server';
import { cookies } from 'next/headers';
import type { ReactNode } from 'react';
import { Toaster } from './_ui/toast';
import { TooltipRoot } from './_ui/tooltip';
import { ZoneCookie } from './_ui/zone-cookie';

export const metadata: Metadata = { title: { template: '%s · Millrace', default: 'Millrace' } };
export const viewport: Viewport = { width: 'device-width', initialScale: 1, themeColor: [{ media: '(prefers-color-scheme: light)', color: '#ffffff' }, { media: '(prefers-color-scheme: dark)', color: '#17191d' }] };

export default async function RootLayout({ children }: { children: ReactNode }) {
  const [locale, jar] = await Promise.all([getLocale(), cookies()]);
  const theme = jar.get('theme')?.value;
  return (
    <html lang={locale} {...(theme === 'light' || theme === 'dark' ? { 'data-theme': theme } : {})}>
      <body>
        <NextIntlClientProvider>
          {children}
          <Toaster />
          <TooltipRoot />
          <ZoneCookie />
        </NextIntlClientProvider>
      </body>
    </html>
  );
}
