import type { Metadata } from 'next';
import Link from 'next/link';
import { getTranslations } from 'next-intl/server';
import type { ReactNode } from 'react';
import { SayPlace } from '../../../_shell/say-place';
import { ComponentTabs } from './component-tabs';
import styles from './component.module.css';
import { componentPage, type ComponentParams } from './_component';

export async function generateMetadata({ params }: ComponentParams): Promise<Metadata> {
  const { component } = await componentPage((await params).id);
  return { title: component.title };
}

export default async function ComponentLayout({ params, children }: ComponentParams & { children: ReactNode }) {
  const { component, flows } = await componentPage((await params).id);
  const t = await getTranslations('component');
  return (
    <div className={styles.page}>
      <SayPlace place={{ page: 'component', objectId: component.id, title: component.title }} />
      <header className={styles.head}>
        <nav aria-label={t('path')}><Link href="/">{t('components')}</Link><span aria-hidden>›</span></nav>
        <h1>{component.title}</h1>
        <ComponentTabs id={component.id} flowCount={flows.length} />
      </header>
      {children}
    </div>
  );
}
