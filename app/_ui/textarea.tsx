'use client';
import type { ComponentProps } from 'react';
import { classNames } from './class-names';
import { controlEdge } from './control-style';
import { useFieldLink } from './field-context';

export function Textarea({ className, rows = 4, ...rest }: ComponentProps<'textarea'>) {
  const link = useFieldLink(rest);
  return <textarea {...rest} {...link} rows={rows} className={classNames(controlEdge, 'block min-h-8 w-full resize-y px-2 py-1.5 text-sm', className)} />;
}
