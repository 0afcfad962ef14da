'use client';
import { useTranslations } from 'next-intl';
import type { CSSProperties } from 'react';
import { stepKey, stepsOf } from '#flow/flow';
import type { Presence } from '#flow/presence';
import { stepType } from '#flow/steps/index';
import { Avatar } from '../../../_ui/avatar';
import { Button } from '../../../_ui/button';
import { Popover } from '../../../_ui/popover';
import { useEditor } from './editor-context';
import styles from './editor.module.css';

type Props = { people: readonly Presence[]; me: { id: string; name: string }; following: string | null; onFollow: (userId: string | null) => void; onJump: (person: Presence) => void };

/** Who is here: a click on a face follows that person's view; the list says what each is doing and goes there. */
export function PeopleBar({ people, me, following, onFollow, onJump }: Props) {
  const t = useTranslations('editor');
  const tp = useTranslations('presence');
  return (
    <div className={styles.faces} role="group" aria-label={t('people')}>
      {people.slice(0, 4).map(({ user, mood }) => (
        <button key={user.id} type="button" aria-pressed={following === user.id} data-mood={mood} aria-label={t(following === user.id ? 'unfollow' : 'follow', { name: user.name })} title={mood ? `${user.name} · ${tp(mood)}` : user.name}
          style={{ '--p': user.colour } as CSSProperties /* a custom property */} onClick={() => onFollow(following === user.id ? null : user.id)}>
          <Avatar user={user} size={26} decorative />
        </button>
      ))}
      <span title={me.name}><Avatar user={me} size={26} me /></span>
      {people.length > 0 && (
        <Popover label={tp('list')} align="end" className="w-80 p-1.5" trigger={<button type="button" className={styles.more} aria-label={tp('list')}>{people.length > 4 ? `+${people.length - 4}` : '▾'}</button>}>
          <ul className="grid gap-0.5">
            {people.map((person) => <PersonRow key={person.user.id} person={person} me={me.id} isFollowed={following === person.user.id} onFollow={onFollow} onJump={onJump} />)}
          </ul>
        </Popover>
      )}
    </div>
  );
}

type RowProps = { person: Presence; me: string; isFollowed: boolean } & Pick<Props, 'onFollow' | 'onJump'>;

function PersonRow({ person, me, isFollowed, onFollow, onJump }: RowProps) {
  const t = useTranslations('presence');
  const te = useTranslations('editor');
  const { user } = person;
  const doing = useDoing(person);
  const somewhere = placeOf(person) !== null;
  return (
    <li className="flex items-center gap-2 rounded-2 px-1.5 py-1.5">
      <Avatar user={user} size={26} decorative />
      <span className="min-w-0 flex-1">
        <b className="block truncate text-sm font-strong">{user.name}</b>
        <small className="block truncate text-xs text-muted">{person.following === me ? t('followsYou') : doing}</small>
      </span>
      <Button size="sm" variant="ghost" disabled={!somewhere} aria-label={t('jumpTo', { name: user.name })} onClick={() => onJump(person)}>{t('jump')}</Button>
      <Button size="sm" aria-pressed={isFollowed} aria-label={te(isFollowed ? 'unfollow' : 'follow', { name: user.name })} onClick={() => onFollow(isFollowed ? null : user.id)}>{t(isFollowed ? 'unfollow' : 'follow')}</Button>
    </li>
  );
}

/** What somebody does, in words. */
function useDoing({ editing, selection, drag, mood }: Presence): string {
  const t = useTranslations('presence');
  const { definition, locale } = useEditor();
  const stepId = editing?.stepId ?? drag?.stepIds[0] ?? selection?.[0];
  const step = stepsOf(definition).find((each) => each.id === stepId);
  if (mood) return t(mood);
  if (!step) return t('looking');
  const label = editing?.param ? stepType(stepKey(definition.kind, step.type))?.params[editing.param]?.label[locale] : undefined;
  if (editing) return label ? t('editingField', { step: step.name, field: label }) : t('editing', { step: step.name });
  return t(drag ? 'moving' : 'at', { step: step.name });
}

/** Where to look for somebody: the step they work on, their pointer, the middle of their view. */
export function placeOf({ editing, selection, cursor, viewport }: Presence): { stepId: string } | { x: number; y: number } | null {
  const stepId = editing?.stepId ?? selection?.[0];
  if (stepId !== undefined) return { stepId };
  const point = cursor ?? viewport;
  return point ? { x: point.x, y: point.y } : null;
}
