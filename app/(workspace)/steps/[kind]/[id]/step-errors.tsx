import { useLocale, useTranslations } from 'next-intl';
import type { ErrorCode } from '#flow/error-code';
import { errorMeaning } from '#flow/error-meaning';

const ofAll: readonly ErrorCode[] = ['SOURCE_MISSING', 'PARAM_REQUIRED', 'PARAM_INVALID', 'FIELD_NOT_FOUND', 'LIMIT_EXCEEDED', 'CANCELLED'];

/** What can go wrong, by code; `engine/error-cases` has a test for each. */
export function StepErrors({ errors }: { errors: readonly ErrorCode[] }) {
  const t = useTranslations('steps');
  const locale = useLocale() === 'fr' ? 'fr' : 'en';
  return (
    <>
      {errors.length === 0 ? <p className="text-sm text-muted">{t('noErrors')}</p> : (
        <dl className="border-t border-line">
          {errors.map((code) => (
            <div key={code} className="grid gap-x-6 border-b border-line py-2 text-sm sm:grid-cols-[240px_1fr]"><dt><code className="mono">{code}</code></dt><dd className="min-w-0">{errorMeaning(code)?.[locale]}</dd></div>
          ))}
        </dl>
      )}
      <p className="mt-2 text-xs text-muted">{t('errorsOfAll', { codes: ofAll.join(', ') })}</p>
    </>
  );
}
