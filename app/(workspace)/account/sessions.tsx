'use client';
import { useTranslations } from 'next-intl';
import { useRouter } from 'next/navigation';
import type { SessionView } from '#db/sessions';
import { api } from '../../_client/api';
import { Badge } from '../../_ui/badge';
import { Button } from '../../_ui/button';
import { DataTable } from '../../_ui/data-table';
import { RelativeTime } from '../../_ui/relative-time';
import { toast } from '../../_ui/toast';
import { deviceName } from './device-name';

export function Sessions({ sessions }: { sessions: readonly SessionView[] }) {
  const t = useTranslations('account');
  const router = useRouter();
  const revoke = async (session: SessionView) => {
    const answer = await api(`/sessions/${session.id}`, { method: 'DELETE' });
    if (answer.ok) toast.success(t('sessionEnded'));
    else toast.error(answer.failure.message);
    router.refresh();
  };
  return (
    <DataTable label={t('sessions')} rows={sessions} rowKey={(each) => each.id} columns={[
      { key: 'device', label: t('device'), render: (each) => <span className="flex items-center gap-2"><b className="truncate text-sm font-medium">{deviceName(each.userAgent) ?? t('program')}</b>{each.current && <Badge tone="success">{t('this')}</Badge>}</span> },
      { key: 'address', label: t('address'), width: 190, render: (each) => <span className="num text-muted">{each.ipAddress ?? ''}</span> },
      { key: 'since', label: t('since'), width: 140, render: (each) => <RelativeTime at={each.createdAt} className="text-muted" /> },
      { key: 'seen', label: t('seen'), width: 140, render: (each) => <RelativeTime at={each.lastSeenAt} className="text-muted" /> },
      { key: 'act', label: <span className="sr-only">{t('actions')}</span>, width: 130, align: 'right', render: (each) => !each.current && <Button size="sm" variant="ghost" onClick={() => void revoke(each)}>{t('end')}</Button> },
    ]} />
  );
}
