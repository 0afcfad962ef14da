import { useTranslations } from 'next-intl';
import { classNames } from '../../_ui/class-names';
import { StatusMark } from '../../_ui/status-mark';
import { StepTile } from '../../_ui/step-tile';
import styles from './sample-picture.module.css';

/** The weather sample in the middle of a run, as people will see it once signed in. Decoration. */
const cardTop = (row: number) => 34 + row * 86;
const stageLeft = (column: number) => column * 232;
const stages = [
  { name: 'input', cards: [{ key: 'form', group: 'input', icon: 'square-text', took: 0.04, counts: [1] }, { key: 'read', group: 'input', icon: 'file-input', took: 0.31, counts: [1, 1461] }] },
  { name: 'clean', cards: [{ key: 'distinct', group: 'transform', icon: 'layers', took: 0.09, counts: [1461, 1461] }, { key: 'rain', group: 'transform', icon: 'filter', took: 0.02, counts: [1461, 623] }] },
  { name: 'summarise', cards: [{ key: 'group', group: 'transform', icon: 'group', took: 0.01, counts: [623, 5] }, { key: 'totals', group: 'transform', icon: 'sigma', took: 0.03, counts: [5, 5], ring: true }] },
  { name: 'output', cards: [{ key: 'export', group: 'output', icon: 'file-output', took: 0.12, counts: [1] }, { key: 'answer', group: 'output', icon: 'corner-down-left', took: 0.01, counts: [1] }, { key: 'store', group: 'output', icon: 'database', running: true }] },
] as const;

export function SamplePicture() {
  const t = useTranslations('auth.sample');
  return (
    <div className={styles.picture} aria-hidden>
      <div className={styles.scene}>
        <span className={styles.caption}>{t('caption')}</span>
        {stages.map((stage, column) => (
          <div key={stage.name} className={styles.stage} style={{ left: stageLeft(column), height: cardTop(stage.cards.length) - 12 }}>
            <header>{t(`stage.${stage.name}`)}<span className="font-regular text-faint">{stage.cards.length}</span></header>
            {stage.cards.map((card, row) => <Card key={card.key} card={card} top={cardTop(row)} />)}
          </div>
        ))}
        <Links />
        <span className={styles.cursor} style={{ left: 286, top: 330 }}>
          <svg width="18" height="20" viewBox="0 0 18 20"><path d="M2 1.500 15.500 9l-6 1.700L6.600 17 2 1.500Z" fill="var(--person-2)" stroke="var(--surface)" strokeWidth="1.500" strokeLinejoin="round" /></svg>
          <b>Chloé</b>
        </span>
      </div>
    </div>
  );
}

type CardOf = (typeof stages)[number]['cards'][number];

function Card({ card, top }: { card: CardOf; top: number }) {
  const t = useTranslations('auth.sample');
  const running = 'running' in card;
  const ringed = 'ring' in card;
  return (
    <div className={classNames(styles.card, running && styles.running, ringed && styles.ringed)} style={{ top, background: `var(--tint-${card.group}-wash)` }}>
      <div className={styles.head}><StepTile group={card.group} icon={card.icon} size={24} /><span><b>{t(`card.${card.key}`)}</b><small>{t(`type.${card.key}`)}</small></span></div>
      <div className={classNames(styles.foot, 'num')}>
        <StatusMark status={running ? 'running' : 'succeeded'} size={12} />
        {'took' in card ? <>{t('took', { seconds: card.took })}<i>{card.counts.map((each) => t('count', { count: each })).join(' → ')}</i></> : <>{t('running', { seconds: 8.2 })}<i>{t('progress', { done: 412, total: 623 })}</i></>}
      </div>
      {ringed && <span className={styles.tag}>Bo</span>}
    </div>
  );
}

/** Stages stand at 0, 232, 464 and 696; a card's ports are at its edges, half height. */
function Links() {
  const port = (column: number, row: number, side: 'in' | 'out') => ({ x: stageLeft(column) + (side === 'in' ? 8 : 196), y: 28 + cardTop(row) + 33 });
  const curve = (from: [number, number], to: [number, number]) => {
    const a = port(from[0], from[1], 'out');
    const b = port(to[0], to[1], 'in');
    return `M${a.x} ${a.y}C${a.x + 22} ${a.y} ${b.x - 22} ${b.y} ${b.x} ${b.y}`;
  };
  const down = (column: number) => `M${stageLeft(column) + 102} ${28 + cardTop(0) + 66}v20`;
  const saved = `M${port(1, 1, 'out').x} ${port(1, 1, 'out').y}h12q10 0 10 10V${port(3, 2, 'in').y - 10}q0 10 10 10H${port(3, 2, 'in').x}`;
  return (
    <svg className={styles.links}>
      <path d={[down(0), down(1), down(2), curve([0, 1], [1, 0]), curve([1, 1], [2, 0]), curve([2, 1], [3, 0]), curve([2, 1], [3, 1])].join('')} />
      <path className={styles.flowing} d={saved} />
      <path className={styles.dashes} d={saved} />
    </svg>
  );
}
