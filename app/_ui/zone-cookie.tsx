'use client';
import { useTimeZone } from 'next-intl';
import { useRouter } from 'next/navigation';
import { useEffect } from 'react';
import { keepZone } from './preferences';

/** Tells the server the viewer's time zone, and draws again when it had another. */
export function ZoneCookie() {
  const known = useTimeZone();
  const router = useRouter();
  useEffect(() => {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (!zone || zone === known) return;
    const told = document.cookie.includes(`zone=${zone};`) || document.cookie.endsWith(`zone=${zone}`);
    keepZone(zone);
    if (!told) router.refresh();
  }, [known, router]);
  return null;
}
