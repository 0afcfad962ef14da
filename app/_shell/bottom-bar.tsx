'use client';
import { useTranslations } from 'next-intl';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { Count } from '../_inbox/count';
import { useInbox } from '../_inbox/inbox-context';
import { classNames } from '../_ui/class-names';
import { Icon } from '../_ui/icon';
import { isAt, places } from './places';
import { UserMenu } from './user-menu';

/** Navigation in thumb reach where there is no room for the sidebar. */
export function BottomBar({ onFind }: { onFind: () => void }) {
  const t = useTranslations('shell');
  const path = usePathname();
  const { count } = useInbox();
  const look = 'focus-inset flex h-full min-w-11 flex-1 flex-col items-center justify-center gap-0.5 text-2xs font-medium';
  return (
    <nav aria-label={t('nav')} className="flex h-15 flex-none border-t border-line bg-surface md:hidden">
      {places.slice(0, 3).map((place) => (
        <Link key={place.key} href={place.href} aria-current={isAt(path, place.href) ? 'page' : undefined} className={classNames(look, isAt(path, place.href) ? 'text-accent-text' : 'text-muted')}><span className="relative"><Icon name={place.icon} size={20} />{place.key === 'inbox' && count > 0 && <span className="absolute -top-1.5 left-3"><Count count={count} label={t('inboxCount', { count })} /></span>}</span>{t(`place.${place.key}`)}</Link>
      ))}
      <button type="button" onClick={onFind} className={classNames(look, 'text-muted')}><Icon name="search" size={20} />{t('findShort')}</button>
      <UserMenu trigger={<button type="button" className={classNames(look, 'text-muted')}><Icon name="user" size={20} />{t('account')}</button>} />
    </nav>
  );
}
