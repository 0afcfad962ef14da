import { Icon } from './icon';

type Props = { group: string; icon: string; size?: number };

/** The icon of a step on its group's tint. */
export function StepTile({ group, icon, size = 28 }: Props) {
  return (
    <span className="inline-flex flex-none items-center justify-center rounded-[5px]" style={{ width: size, height: size, background: `var(--tint-${group})`, color: `var(--tint-${group}-ink)` }}>
      <Icon name={icon} size={Math.round(size * 0.57)} />
    </span>
  );
}
