import type { ExportView } from '#db/exports';
import { localeOf } from '#flow/locale';
import { spoken } from './_reply';

/** An export, with the reason of a failed one in the caller's language. */
export function shownExport(view: ExportView, request: Request): ExportView {
  return { ...view, error: view.error && spoken(view.error, localeOf(request.headers)) };
}
