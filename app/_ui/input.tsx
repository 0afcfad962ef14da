'use client';
import type { ComponentProps } from 'react';
import { classNames } from './class-names';
import { controlEdge, controlHeight, type ControlSize } from './control-style';
import { useFieldLink } from './field-context';
import { Icon } from './icon';

type Props = Omit<ComponentProps<'input'>, 'size'> & { size?: ControlSize; icon?: string };

export function Input({ size = 'lg', icon, className, ...rest }: Props) {
  const link = useFieldLink(rest);
  const field = <input type="text" autoComplete="off" {...rest} {...link} className={classNames(controlEdge, controlHeight[size], 'w-full min-w-0 read-only:bg-sunken', icon ? 'pr-2 pl-7' : 'px-2', className)} />;
  if (!icon) return field;
  return (
    <span className="relative block w-full">
      <span className="pointer-events-none absolute inset-y-0 left-2 flex items-center text-faint"><Icon name={icon} size={14} /></span>
      {field}
    </span>
  );
}
