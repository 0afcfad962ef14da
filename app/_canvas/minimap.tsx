'use client';
import { useReactFlow, useStore } from '@xyflow/react';
import { useTranslations } from 'next-intl';
import { memo, type CSSProperties, type PointerEvent } from 'react';
import { stepKey, stepsOf, type FlowDefinition } from '#flow/flow';
import type { Presence } from '#flow/presence';
import { stepType } from '#flow/steps/index';
import styles from './canvas.module.css';
import type { CanvasLayout } from './layout';

type Props = { definition: FlowDefinition; layout: CanvasLayout; selected: ReadonlySet<string>; faulty: ReadonlySet<string>; people: readonly Presence[] };
const [width, height, inset] = [168, 96, 6];

/** The whole flow in 168 × 96; press or drag to go there. */
export function Minimap({ definition, layout, selected, faulty, people }: Props) {
  const t = useTranslations('canvas');
  const flow = useReactFlow();
  const view = useStore((state) => `${state.transform[0]},${state.transform[1]},${state.transform[2]},${state.width},${state.height}`);
  const [x = 0, y = 0, zoom = 1, w = 0, h = 0] = view.split(',').map(Number);
  const seen = { x: -x / zoom, y: -y / zoom, width: w / zoom, height: h / zoom };
  const left = Math.min(0, seen.x);
  const top = Math.min(0, seen.y);
  const scale = Math.min((width - 2 * inset) / (Math.max(layout.width, seen.x + seen.width) - left), (height - 2 * inset) / (Math.max(layout.height, seen.y + seen.height) - top), 0.14);
  const go = (event: PointerEvent<SVGSVGElement>) => {
    if (event.buttons !== 1) return;
    const box = event.currentTarget.getBoundingClientRect();
    void flow.setCenter((event.clientX - box.left - inset) / scale + left, (event.clientY - box.top - inset) / scale + top, { zoom });
  };
  return (
    <svg className={styles.minimap} role="img" aria-label={t('minimap')} viewBox={`0 0 ${width} ${height}`} onPointerDown={go} onPointerMove={go}>
      <g transform={`translate(${inset - left * scale} ${inset - top * scale}) scale(${scale})`}>
        <Drawing definition={definition} layout={layout} selected={selected} faulty={faulty} />
        {people.map((each) => each.cursor && <circle key={each.user.id} cx={each.cursor.x} cy={each.cursor.y} r={2.5 / scale} style={{ '--p': each.user.colour } as CSSProperties /* a custom property */} />)}
        <rect data-view {...seen} rx={3 / scale} strokeWidth={1.5} vectorEffect="non-scaling-stroke" />
      </g>
    </svg>
  );
}

/** Apart, so that panning moves it without drawing it again. */
const Drawing = memo(function Drawing({ definition, layout, selected, faulty }: Omit<Props, 'people'>) {
  const groups = new Map(stepsOf(definition).map((step) => [step.id, stepType(stepKey(definition.kind, step.type))?.group] as const));
  return (
    <>
      {layout.stages.map(({ stage, x, y, width: w, height: h }) => <rect key={stage.id} x={x} y={y} width={w} height={h} rx={8} />)}
      {layout.lanes.map(({ lane, x, y, width: w, height: h }) => <rect key={lane.id} x={x} y={y} width={w} height={h} rx={8} />)}
      {[...layout.cards.values()].map((card) => (
        <rect key={card.stepId} className={styles.group} data-group={groups.get(card.stepId)} data-mark={selected.has(card.stepId) ? 'selected' : faulty.has(card.stepId) ? 'problem' : undefined} x={card.x} y={card.y} width={card.width} height={card.height} rx={8} />
      ))}
    </>
  );
});
