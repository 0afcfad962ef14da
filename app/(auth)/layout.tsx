import type { ReactNode } from 'react';
import { LanguageSwitch } from '../_ui/language-switch';
import { Mark } from '../_ui/mark';
import { ThemeChoice } from '../_ui/theme-choice';
import { SamplePicture } from './_auth/sample-picture';

export default function AuthLayout({ children }: { children: ReactNode }) {
  return (
    <div className="flex min-h-dvh bg-surface">
      <div className="flex w-full flex-none flex-col px-6 py-6 sm:px-16 md:w-[560px] md:py-10 md:pr-20 md:pl-25">
        <header className="flex items-center gap-2.5"><Mark size={28} /><b className="text-lg font-strong">Millrace</b></header>
        <main className="my-auto w-full max-w-90 py-10">{children}</main>
        <footer className="flex items-center gap-4"><LanguageSwitch /><ThemeChoice /></footer>
      </div>
      <SamplePicture />
    </div>
  );
}
