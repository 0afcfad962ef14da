'use client';
import './globals.css';

/** The last resort, when even the layout failed: without messages, so in both languages. */
export default function GlobalError({ reset }: { error: Error; reset: () => void }) {
  return (
    <html lang="en">
      <body>
        <main className="px-[max(24px,20vw)] py-[20dvh]">
          <h1 className="text-xl font-strong">Millrace could not draw this page.</h1>
          <p className="mt-1 text-md text-muted">Nothing was lost. Try again in a moment.</p>
          <p lang="fr" className="mt-1 text-md text-muted">Millrace n’a pas pu afficher cette page. Rien n’est perdu. Réessayez dans un instant.</p>
          <button type="button" onClick={reset} className="mt-5 h-8 rounded-2 border border-accent bg-accent px-3.5 text-sm font-medium text-on-accent">Try again · <span lang="fr">Réessayer</span></button>
        </main>
      </body>
    </html>
  );
}
