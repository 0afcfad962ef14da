'use client';
import { useFormatter } from 'next-intl';
import { useOthersHere } from '../_client/whereabouts';
import { Avatar, AvatarStack } from '../_ui/avatar';

type Props = { page: 'run' | 'component'; objectId: string; entryId?: number; words: (names: string, count: number) => string; detailed?: boolean };

/** Colleagues who look at the same thing right now. */
export function AlsoHere({ page, objectId, entryId, words, detailed = false }: Props) {
  const format = useFormatter();
  const others = useOthersHere().filter(({ place }) => place.page === page && place.objectId === objectId && (place.page !== 'component' || place.entryId === entryId));
  if (others.length === 0) return null;
  const text = words(format.list(others.slice(0, 3).map((each) => each.user.name)), others.length);
  if (!detailed) return <span role="status" className="flex items-center gap-2 text-xs text-muted">{text}<AvatarStack users={others.map((each) => each.user)} size={22} /></span>;
  const [first] = others;
  return (
    <p role="status" className="mt-3 flex items-center gap-2 rounded-2 bg-sunken px-3 py-2 text-xs">
      {first && <Avatar user={first.user} size={20} decorative />}<span>{text}{first && 'detail' in first.place && first.place.detail ? <span className="text-muted">: {first.place.detail}</span> : null}</span>
    </p>
  );
}
