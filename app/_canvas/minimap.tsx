'use client';
import { useReactFlow, useStore } from '@xyflow/react';
import { useTranslations } from 'next-intl';
import { memo, useMemo, type CSSProperties, type PointerEvent } from 'react';
import { stepKey, stepsOf, type FlowDefinition } from '#flow/flow';
import type { Presence } from '#flow/presence';
import { stepType } from '#flow/steps/index';
import styles from './canvas.module.css';
import type { Box, CanvasLayout } from './layout';

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
  const go = (event: PointerEvent<HTMLDivElement>) => {
    if (event.buttons !== 1) return;
    const box = event.currentTarget.getBoundingClientRect();
    void flow.setCenter((event.clientX - box.left - inset) / scale + left, (event.clientY - box.top - inset) / scale + top, { zoom });
  };
  const place = `translate(${inset - left * scale} ${inset - top * scale}) scale(${scale})`;
  return (
    <div className={styles.minimap} role="img" aria-label={t('minimap')} onPointerDown={go} onPointerMove={go}>
      <Drawing definition={definition} layout={layout} selected={selected} faulty={faulty} place={place} />
      <svg width={width} height={height} aria-hidden>
        <g transform={place}>
          {people.map((each) => each.cursor && <circle key={each.user.id} cx={each.cursor.x} cy={each.cursor.y} r={2.5 / scale} style={{ '--p': each.user.colour } as CSSProperties /* a custom property */} />)}
          <rect {...seen} rx={3 / scale} strokeWidth={1.5} vectorEffect="non-scaling-stroke" />
        </g>
      </svg>
    </div>
  );
}

type DrawingProps = Omit<Props, 'people'> & { place: string };

/** Apart, and a layer of its own while the canvas moves, so that panning draws only the frame again. Cards of one colour are one path. */
const Drawing = memo(function Drawing({ definition, layout, selected, faulty, place }: DrawingProps) {
  const groups = useMemo(() => new Map(stepsOf(definition).map((step) => [step.id, stepType(stepKey(definition.kind, step.type))?.group])), [definition]);
  const inks = useMemo(() => {
    const found = new Map<string, { group: string | undefined; mark: 'selected' | 'problem' | undefined; boxes: Box[] }>();
    for (const card of layout.cards.values()) {
      const [group, mark] = [groups.get(card.stepId), selected.has(card.stepId) ? 'selected' : faulty.has(card.stepId) ? 'problem' : undefined] as const;
      const key = `${group ?? ''} ${mark ?? ''}`;
      const ink = found.get(key) ?? { group, mark, boxes: [] };
      ink.boxes.push(card);
      found.set(key, ink);
    }
    return [...found];
  }, [layout, groups, selected, faulty]);
  return (
    <svg width={width} height={height} data-drawing aria-hidden>
      <g transform={place}>
        <path d={roundedBoxes([...layout.stages, ...layout.lanes])} />
        {inks.map(([key, { group, mark, boxes }]) => <path key={key} className={styles.group} data-group={group} data-mark={mark} d={roundedBoxes(boxes)} />)}
      </g>
    </svg>
  );
});

const roundedBoxes = (boxes: readonly Box[]): string => boxes.map((box) => `M${box.x + 8} ${box.y}h${box.width - 16}q8 0 8 8v${box.height - 16}q0 8 -8 8h${16 - box.width}q-8 0 -8 -8v${16 - box.height}q0 -8 8 -8z`).join('');
