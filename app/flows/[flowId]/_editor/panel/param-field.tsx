'use client';
import { useLocale } from 'next-intl';
import { useId } from 'react';
import type { ParamMeta } from '#flow/steps/field';
import { isJsonObject, type Json } from '#flow/json';
import type { Problem } from '#flow/problems';
import { localeOf } from '../../../../_run/duration';
import { Icon } from '../../../../_ui/icon';
import { PutRight } from '../put-right';
import { ChoiceParam, FlagParam, NumberParam, TextParam } from './plain-params';
import { CodeParam } from './code-param';
import { ConstantParam } from './constant-param';
import { DurationParam } from './duration-param';
import { FieldMarks } from './field-marks';
import { FieldPeople } from './field-people';
import { FilterParam } from './filter-param';
import { ListParam } from './list-param';
import { MappingParam } from './mapping-param';
import { usePanel } from './panel-context';
import { PeopleParam } from './people-param';
import styles from './panel.module.css';
import { PathParam, PathsParam } from './path-param';
import { ComponentFieldParam, RefParam } from './ref-param';
import { ValueParam } from './value-param';

export type ParamProps = {
  /** Where in the parameters, as problems name it: `operations[1].op`. */
  at: string;
  meta: ParamMeta;
  value: Json | undefined;
  onChange: (value: Json | undefined) => void;
  id: string;
  describedBy?: string | undefined;
  bad?: boolean;
};
type Props = Pick<ParamProps, 'at' | 'meta' | 'value' | 'onChange'>;

/** One parameter: label, the control its meaning asks for, help, and what is wrong with it. */
export function ParamField({ at, meta, value, onChange }: Props) {
  const { problems } = usePanel();
  const locale = localeOf(useLocale());
  const id = useId();
  const mine = problems.filter((problem) => problem.param === at || (ownRows(meta) === false && problem.param?.startsWith(`${at}.`)));
  const describedBy = mine.length > 0 ? `${id}-problem` : meta.help ? `${id}-help` : undefined;
  const props = { at, meta, value, onChange, id, describedBy, bad: mine.some((problem) => problem.level === 'error') };
  if (meta.widget === 'flag') {
    return <div className={styles.field}><FlagParam {...props} /><FieldMarks param={at} label={meta.label[locale]} /><Below id={id} help={meta.help?.[locale]} problems={mine} /></div>;
  }
  const many = meta.widget === 'mapping' || meta.widget === 'list' || meta.widget === 'filter' || meta.widget === 'paths';
  const label = <>{meta.label[locale]}{meta.required && <span className={styles.required} aria-hidden>*</span>}</>;
  const editors = <FieldPeople param={at} />;
  return (
    <div className={styles.field} role={many ? 'group' : undefined} aria-labelledby={many ? `${id}-label` : undefined}>
      {many ? <span className={styles.label} id={`${id}-label`}>{label}{editors}</span> : <span className={styles.labelRow}><label className={styles.label} htmlFor={id} id={`${id}-label`}>{label}</label>{editors}</span>}
      <Control {...props} />
      <FieldMarks param={at} label={meta.label[locale]} />
      <Below id={id} help={meta.help?.[locale]} problems={mine} />
    </div>
  );
}

/** A constant that is stored without `{const}` around it, for a control that knows values only. */
function bare({ value, onChange }: ParamProps): Pick<ParamProps, 'value' | 'onChange'> {
  return {
    value: value === undefined || isJsonObject(value) ? value : { const: value },
    onChange: (next) => onChange(isJsonObject(next) && Object.hasOwn(next, 'const') ? next['const'] : next),
  };
}

const ownRows = (meta: ParamMeta) => meta.widget === 'mapping' || meta.widget === 'list' || meta.widget === 'filter';

export function Below({ id, help, problems }: { id: string; help?: string | undefined; problems: readonly Problem[] }) {
  const locale = localeOf(useLocale());
  if (problems.length === 0) return help ? <p className={styles.hint} id={`${id}-help`}>{help}</p> : null;
  return (
    <ul id={`${id}-problem`} className={styles.messages}>
      {problems.map((problem) => (
        <li key={`${problem.code}${problem.message}`} className={styles.message} data-level={problem.level}><Icon name="triangle-alert" size={12} /><span>{problem.text[locale]} <PutRight problem={problem} className={styles.putRight} /></span></li>
      ))}
    </ul>
  );
}

/** The control for a meaning, without label: also used for the cells of a list. */
export function Control(props: ParamProps) {
  switch (props.meta.widget) {
    case 'text': case 'newField': return <TextParam {...props} />;
    case 'longText': case 'code': return <CodeParam {...props} />;
    case 'number': return <NumberParam {...props} />;
    case 'flag': return <FlagParam {...props} />;
    case 'choice': return <ChoiceParam {...props} />;
    case 'path': return <PathParam {...props} />;
    case 'paths': return <PathsParam {...props} />;
    case 'value': return <ValueParam {...props} {...(props.meta.bare ? bare(props) : {})} forms={props.meta.forms} port={props.meta.port} expects={props.meta.expects} />;
    case 'people': return <PeopleParam {...props} />;
    case 'duration': return <DurationParam {...props} />;
    case 'constant': return <ConstantParam {...props} />;
    case 'ref': return <RefParam {...props} />;
    case 'componentField': return <ComponentFieldParam {...props} />;
    case 'mapping': return <MappingParam {...props} />;
    case 'filter': return <FilterParam {...props} />;
    case 'list': return <ListParam {...props} />;
  }
}
