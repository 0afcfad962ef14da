import { failure, FailureError } from '#flow/failure';

/** Pages a short list that was read whole: people, keys, invitations. The cursor is the id of the last item shown. */
export function pageOf<T extends { id: string }>(items: readonly T[], { limit, cursor }: { limit: number; cursor?: string | undefined }) {
  const start = cursor === undefined ? 0 : items.findIndex((each) => each.id === cursor) + 1;
  if (cursor !== undefined && start === 0) {
    throw new FailureError(failure('PARAM_INVALID', { en: `The cursor "${cursor}" is not from this list. Begin again without one.`, fr: `Le curseur « ${cursor} » ne vient pas de cette liste. Recommencez sans.` }));
  }
  const page = items.slice(start, start + limit);
  return { items: page, nextCursor: start + limit < items.length ? (page.at(-1)?.id ?? null) : null };
}
