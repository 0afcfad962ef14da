import { colourOf } from '#flow/presence';
import { classNames } from './class-names';

export type AvatarUser = { id: string | null; name: string; colour?: string };
type Props = { user: AvatarUser; size?: number; me?: boolean; decorative?: boolean; className?: string };

/** Initials on the person's colour; oneself in grey. `decorative` where the name stands beside it. */
export function Avatar({ user, size = 20, me = false, decorative = false, className }: Props) {
  const colours = me ? { background: 'var(--pressed)', color: 'var(--text)' } : { background: user.colour ?? colourOf(user.id ?? user.name), color: 'var(--on-person)' };
  const named = decorative ? { 'aria-hidden': true } : { role: 'img', 'aria-label': user.name };
  return (
    <span {...named} title={user.name} className={classNames('inline-flex flex-none items-center justify-center rounded-round leading-none font-strong select-none', className)}
      style={{ ...colours, width: size, height: size, fontSize: size < 20 ? 8 : size < 24 ? 9 : size < 32 ? 10 : 13 }}>
      {initialsOf(user.name)}
    </span>
  );
}

export function AvatarStack({ users, size = 26, most = 4 }: { users: readonly AvatarUser[]; size?: number; most?: number }) {
  const rest = users.length - most;
  return (
    <span className="flex items-center">
      {users.slice(0, most).map((user, index) => <Avatar key={user.id ?? index} user={user} size={size} className={classNames('shadow-[0_0_0_2px_var(--surface)]', index > 0 && '-ml-1')} />)}
      {rest > 0 && <span className="num ml-1 text-xs text-muted">+{rest}</span>}
    </span>
  );
}

function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/).filter((word) => /^[\p{L}\p{N}]/u.test(word));
  const letters = words.length > 1 ? `${words[0]?.[0] ?? ''}${words.at(-1)?.[0] ?? ''}` : (words[0] ?? name).slice(0, 2);
  return letters.toUpperCase();
}
