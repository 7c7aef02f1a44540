// What would change if the process were another: fewer or more people, steps that are faster, left out or done by machines.
import { DeleteOutlined, ExperimentOutlined, PlusOutlined, StopOutlined } from '@ant-design/icons';
import { Alert, Button, Checkbox, Input, InputNumber, Segmented, Select, Table } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSimulateRedesign, type Bounded, type SimulatedSides, type SimulateRedesignParams, type Simulation } from '../../api/generated';
import { ExportMenu } from '../../charts/chart';
import { Formula } from '../../components/formula';
import { Panel } from '../../components/page';
import { ProblemView } from '../../components/problem';
import { Teach } from '../../components/teach';
import { exact, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useNames } from '../../state/catalogue';
import { useScope } from '../../state/filters';
import { DefinitionPicker } from './friction_tab';
import { Estimate, useAmount, usePoints, useTime, type Show } from './performance_parts';
import { isPriced, isStaffed, isWhole, kChangeKinds, kDays, kNoRedesign, newChange, wishOf, type Change, type ChangeKind, type Cost, type Days, type Given, type Hours, type RedesignForm, type Target } from './redesign_shape';

type Of = NonNullable<SimulateRedesignParams['of']>;
type Name = (key: string) => string;
const kOfs: Of[] = ['journey', 'case'];
const kUnits: Partial<Record<ChangeKind, string>> = { faster: '%', automate: '%', routing: '%', arrivals: '%' };
const kLeast: Partial<Record<ChangeKind, number>> = { people: -1000, arrivals: -90 };
const kMost: Partial<Record<ChangeKind, number>> = { people: 1000, minutes: 100_000, arrivals: 900 };

function StepSelect({ value, onChange, label }: { value: string; onChange: (key: string) => void; label: string }) {
  const names = useNames();
  return <Select showSearch={{ optionFilterProp: 'label' }} style={{ flex: '1 1 160px', minWidth: 0 }} value={value || null} aria-label={label} placeholder={label} onChange={(key: string | null) => onChange(key ?? '')} options={names.touchpoints.map((key) => ({ value: key, label: names.touchpoint(key) }))} />;
}

function GroupSelect({ value, groups, name, onChange, label }: { value: string; groups: string[]; name: Name; onChange: (group: string) => void; label: string }) {
  const { t } = useTranslation();
  return <Select style={{ flex: '1 1 160px', minWidth: 0 }} value={value || null} aria-label={label} placeholder={t('redesign.group')} onChange={(group: string | null) => onChange(group ?? '')} options={groups.map((one) => ({ value: one, label: name(one) }))} notFoundContent={t('redesign.no_groups')} />;
}

function HoursFields({ hours, at, onChange }: { hours: Hours; at: number; onChange: (hours: Hours) => void }) {
  const { t } = useTranslation();
  return (
    <>
      <Select<Days> value={hours.days} style={{ minWidth: 120 }} aria-label={`${t('redesign.days')} ${at + 1}`} options={(Object.keys(kDays) as Days[]).map((value) => ({ value, label: t(`redesign.days_${value}`) }))} onChange={(days) => onChange({ ...hours, days })} />
      <InputNumber<number> value={hours.from} min={0} max={23} precision={0} style={{ width: 80 }} aria-label={`${t('redesign.from')} ${at + 1}`} onChange={(from) => onChange({ ...hours, from: from ?? 0 })} />
      <span className="muted">–</span>
      <InputNumber<number> value={hours.to} min={1} max={24} precision={0} style={{ width: 80 }} aria-label={`${t('redesign.to')} ${at + 1}`} onChange={(to) => onChange({ ...hours, to: to ?? 24 })} />
    </>
  );
}

function ChangeRow({ change, at, groups, name, onChange, onRemove }: { change: Change; at: number; groups: string[]; name: Name; onChange: (change: Change) => void; onRemove: () => void }) {
  const { t } = useTranslation();
  const { kind } = change;
  const ofGroup = kind === 'people' || kind === 'hours';
  const isValued = kind !== 'remove' && kind !== 'parallel' && kind !== 'hours';
  return (
    <div className="design-part" data-testid="redesign-change">
      <Select<ChangeKind> value={kind} style={{ minWidth: 150 }} aria-label={`${t('redesign.change')} ${at + 1}`} options={kChangeKinds.map((value) => ({ value, label: t(`redesign.kind_${value}`) }))} onChange={(next) => onChange(newChange(next))} />
      {ofGroup && <GroupSelect value={change.subject} groups={groups} name={name} label={`${t('redesign.group')} ${at + 1}`} onChange={(subject) => onChange({ ...change, subject })} />}
      {kind === 'hours' && <HoursFields hours={change.hours} at={at} onChange={(hours) => onChange({ ...change, hours })} />}
      {!ofGroup && kind !== 'arrivals' && <StepSelect value={change.subject} label={`${t('redesign.step')} ${at + 1}`} onChange={(subject) => onChange({ ...change, subject })} />}
      {kind === 'parallel' && <StepSelect value={change.second} label={`${t('redesign.second')} ${at + 1}`} onChange={(second) => onChange({ ...change, second })} />}
      {isValued && <InputNumber<number> value={change.value} min={kLeast[kind] ?? 0} max={kMost[kind] ?? 100} suffix={kUnits[kind]} style={{ width: 110 }} aria-label={`${t('redesign.value')} ${at + 1}`} onChange={(value) => onChange({ ...change, value: value ?? 0 })} />}
      <Button size="small" type="text" danger icon={<DeleteOutlined />} onClick={onRemove} aria-label={`${t('common.remove')} ${at + 1}`} />
    </div>
  );
}

function GroupRow({ group, at, onChange, onRemove }: { group: Given; at: number; onChange: (group: Given) => void; onRemove: () => void }) {
  const { t } = useTranslation();
  const names = useNames();
  return (
    <div className="design-part" data-testid="redesign-group">
      <Input style={{ width: 150 }} value={group.name} maxLength={60} placeholder={t('redesign.group_name')} aria-label={`${t('redesign.group_name')} ${at + 1}`} onChange={(event) => onChange({ ...group, name: event.target.value })} />
      <Select mode="multiple" showSearch={{ optionFilterProp: 'label' }} style={{ flex: '1 1 180px', minWidth: 0 }} value={group.steps} placeholder={t('redesign.group_steps')} aria-label={`${t('redesign.group_steps')} ${at + 1}`} onChange={(steps: string[]) => onChange({ ...group, steps })} options={names.touchpoints.map((key) => ({ value: key, label: names.touchpoint(key) }))} />
      <InputNumber<number> value={group.people} min={0} max={100_000} style={{ width: 90 }} aria-label={`${t('redesign.people')} ${at + 1}`} onChange={(people) => onChange({ ...group, people: people ?? 0 })} />
      <Checkbox checked={group.office} onChange={(event) => onChange({ ...group, office: event.target.checked })}>{t('redesign.office')}</Checkbox>
      <Button size="small" type="text" danger icon={<DeleteOutlined />} onClick={onRemove} aria-label={`${t('redesign.remove_group')} ${at + 1}`} />
    </div>
  );
}

function CostRow({ cost, at, groups, name, onChange, onRemove }: { cost: Cost; at: number; groups: string[]; name: Name; onChange: (cost: Cost) => void; onRemove: () => void }) {
  const { t } = useTranslation();
  return (
    <div className="design-part" data-testid="redesign-cost">
      <Select<Cost['of']> value={cost.of} style={{ minWidth: 150 }} aria-label={`${t('redesign.cost')} ${at + 1}`} options={(['hour', 'step'] as const).map((value) => ({ value, label: t(`redesign.cost_${value}`) }))} onChange={(of) => onChange({ ...cost, of, subject: '' })} />
      {cost.of === 'hour' ? <GroupSelect value={cost.subject} groups={groups} name={name} label={`${t('redesign.cost_of')} ${at + 1}`} onChange={(subject) => onChange({ ...cost, subject })} />
        : <StepSelect value={cost.subject} label={`${t('redesign.cost_of')} ${at + 1}`} onChange={(subject) => onChange({ ...cost, subject })} />}
      <InputNumber<number> value={cost.amount} min={0} max={1e9} style={{ width: 110 }} aria-label={`${t('redesign.amount')} ${at + 1}`} onChange={(amount) => onChange({ ...cost, amount: amount ?? 0 })} />
      <Button size="small" type="text" danger icon={<DeleteOutlined />} onClick={onRemove} aria-label={`${t('redesign.remove_cost')} ${at + 1}`} />
    </div>
  );
}

function TargetFields({ target, onChange }: { target: Target; onChange: (target: Target) => void }) {
  const { t } = useTranslation();
  const number = (key: 'hours' | 'minutes' | 'share', most: number) => <InputNumber<number> value={target[key]} min={key === 'share' ? 1 : 0} max={most} {...(key === 'share' && { suffix: '%' })} style={{ width: 110 }} aria-label={t(`redesign.target_${key}`)} onChange={(value) => onChange({ ...target, [key]: value ?? 1 })} />;
  return (
    <div className="filter-line" style={{ gap: '8px 16px' }} data-testid="redesign-target">
      <Select<Target['kind']> value={target.kind} style={{ minWidth: 260 }} aria-label={t('redesign.target')} options={(['none', 'p90', 'wait'] as const).map((value) => ({ value, label: t(`redesign.target_${value}`) }))} onChange={(kind) => onChange({ ...target, kind })} />
      {target.kind === 'p90' && <label className="small muted">{t('redesign.target_hours')} {number('hours', 100_000)}</label>}
      {target.kind === 'wait' && <label className="small muted">{t('redesign.target_share')} {number('share', 99)}</label>}
      {target.kind === 'wait' && <label className="small muted">{t('redesign.target_minutes')} {number('minutes', 1e6)}</label>}
    </div>
  );
}

const replaced = <T,>(list: T[], at: number, one: T) => list.map((old, index) => (index === at ? one : old));
const without = <T,>(list: T[], at: number) => list.filter((_, index) => index !== at);

function FormOf({ form, setForm, groups, name }: { form: RedesignForm; setForm: (form: RedesignForm) => void; groups: string[]; name: Name }) {
  const { t } = useTranslation();
  return (
    <>
      <h4>{t('redesign.changes')}</h4>
      {form.changes.map((change, at) => <ChangeRow key={at} change={change} at={at} groups={groups} name={name} onChange={(next) => setForm({ ...form, changes: replaced(form.changes, at, next) })} onRemove={() => setForm({ ...form, changes: without(form.changes, at) })} />)}
      <Button style={{ marginTop: 6 }} icon={<PlusOutlined />} onClick={() => setForm({ ...form, changes: [...form.changes, newChange('people')] })}>{t('redesign.add_change')}</Button>
      <h4>{t('redesign.target')}</h4>
      <TargetFields target={form.target} onChange={(target) => setForm({ ...form, target })} />
      <h4>{t('redesign.costs')}</h4>
      {form.costs.map((cost, at) => <CostRow key={at} cost={cost} at={at} groups={groups} name={name} onChange={(next) => setForm({ ...form, costs: replaced(form.costs, at, next) })} onRemove={() => setForm({ ...form, costs: without(form.costs, at) })} />)}
      <Button style={{ marginTop: 6 }} icon={<PlusOutlined />} onClick={() => setForm({ ...form, costs: [...form.costs, { of: 'hour', subject: '', amount: 0 }] })}>{t('redesign.add_cost')}</Button>
      <h4>{t('redesign.unknown')}</h4>
      <p className="muted small">{t('redesign.unknown_words')}</p>
      <div className="filter-line" style={{ gap: '8px 16px' }}>
        <label className="small muted">{t('redesign.minutes')} <InputNumber<number> value={form.minutes} min={0} max={100_000} style={{ width: 110 }} onChange={(minutes) => setForm({ ...form, minutes })} /></label>
        <Checkbox checked={form.pauses} onChange={(event) => setForm({ ...form, pauses: event.target.checked })}>{t('redesign.pauses')}</Checkbox>
      </div>
      {form.groups.map((group, at) => <GroupRow key={at} group={group} at={at} onChange={(next) => setForm({ ...form, groups: replaced(form.groups, at, next) })} onRemove={() => setForm({ ...form, groups: without(form.groups, at) })} />)}
      <Button style={{ marginTop: 6 }} icon={<PlusOutlined />} onClick={() => setForm({ ...form, groups: [...form.groups, { name: '', steps: [], people: 1, office: true }] })}>{t('redesign.add_group')}</Button>
    </>
  );
}

interface Line { key: string; sides: SimulatedSides; show: Show; shows: Show; words: string }

function SidesTable({ lines, title }: { lines: Line[]; title: (key: string) => string }) {
  const { t } = useTranslation();
  const cell = (side: keyof SimulatedSides) => (_: unknown, row: Line) => <Estimate of={row.sides[side]} show={side === 'difference' ? row.shows : row.show} words={row.words} />;
  return (
    <Table<Line> size="small" pagination={false} scroll={{ x: 'max-content' }} rowKey="key" dataSource={lines} columns={[
      { title: '', key: 'key', render: (_, row) => title(row.key) },
      { title: t('redesign.before'), key: 'before', align: 'end', render: cell('before') },
      { title: t('redesign.after'), key: 'after', align: 'end', render: cell('after') },
      { title: t('redesign.difference'), key: 'difference', align: 'end', render: cell('difference') },
    ]} />
  );
}

function Fit({ data }: { data: Simulation }) {
  const { t } = useTranslation();
  const time = useTime();
  const { fit } = data;
  const shown = (of: Bounded) => (of.value === null ? '–' : time(of.value));
  return (
    <Alert role="status" type={fit.reproduced ? 'success' : 'warning'} showIcon style={{ margin: '8px 0' }} title={t(fit.reproduced ? 'redesign.reproduced' : 'redesign.not_reproduced')}
      description={(
        <>
          <div>{t('redesign.held', { mean: shown(fit.mean), observed_mean: shown(fit.observed_mean), p90: shown(fit.p90), observed_p90: shown(fit.observed_p90) })}</div>
          {fit.doubts.map((why) => <div key={why}>{t(`redesign.doubt_${why}`)}</div>)}
        </>
      )} />
  );
}

function Staffing({ data, name }: { data: Simulation; name: Name }) {
  const { t } = useTranslation();
  const time = useTime();
  const language = useLanguage();
  const { staffing } = data;
  if (staffing === null) return null;
  const shown = (of: Bounded) => (of.value === null ? '–' : staffing.wait_ms === null ? time(of.value) : percent(of.value, language));
  if (staffing.refused !== '') return <Alert role="status" type="warning" showIcon style={{ margin: '8px 0' }} title={t(`redesign.staff_${staffing.refused}`, { best: shown(staffing.at_best) })} />;
  return <Alert role="status" type="info" showIcon style={{ margin: '8px 0' }} title={t(staffing.wait_ms === null ? 'redesign.staff_found' : 'redesign.staff_waits', { groups: staffing.groups.map((one) => `${name(one.group)} ${one.people}`).join(' · '), reached: shown(staffing.reached), wait: time(staffing.wait_ms ?? 0) })} />;
}

function Answer({ data, name }: { data: Simulation; name: Name }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const time = useTime();
  const amount = useAmount();
  const points = usePoints();
  const words = t('redesign.words', { replications: data.replications });
  const lines: Line[] = (['mean', 'median', 'p90', 'waited'] as const).map((key) => ({ key, sides: data[key], show: time, shows: time, words: `${t(`redesign.${key}_words`)} ${words}` }));
  lines.push({ key: 'throughput_a_day', sides: data.throughput_a_day, show: amount, shows: amount, words: `${t('redesign.throughput_words')} ${words}` });
  if (data.cost_a_case !== null) lines.push({ key: 'cost_a_case', sides: data.cost_a_case, show: amount, shows: amount, words: `${t('redesign.cost_words')} ${words}` });
  const share = (value: number) => percent(value, language);
  return (
    <div className="grid">
      <Panel title={t('redesign.answer')} note={t('redesign.of_cases', { cases: exact(data.cases, language), steps: exact(data.steps, language) })}
        tools={<><ExportMenu name="redesign" svg={() => null} rows={() => lines.map((one) => ({ figure: one.key, before: one.sides.before.value ?? '', after: one.sides.after.value ?? '', difference: one.sides.difference.value ?? '', low: one.sides.difference.low ?? '', high: one.sides.difference.high ?? '' }))} /><Formula name={t('redesign.answer')} text={words} /></>}>
        <div data-testid="redesign"><SidesTable lines={lines} title={(key) => t(`redesign.${key}`)} /></div>
        <Fit data={data} />
        <Staffing data={data} name={name} />
      </Panel>
      {data.groups.length > 0 && (
        <Panel title={t('redesign.utilisation')}>
          <SidesTable title={(key) => { const group = data.groups.find((one) => one.name === key)!; return `${name(key)} (${exact(group.people, language, 1)} → ${exact(group.people_after, language, 1)})`; }}
            lines={data.groups.map((group) => ({ key: group.name, sides: group.utilisation, show: share, shows: points, words: t('redesign.utilisation_words') }))} />
        </Panel>
      )}
      <Panel title={t('redesign.waiting')}>
        <SidesTable title={name} lines={data.by_step.filter((step) => step.waiting.before.value !== null || step.waiting.after.value !== null)
          .map((step) => ({ key: step.activity, sides: step.waiting, show: time, shows: time, words: t('redesign.waiting_words', { observed: step.observed_waiting === null ? '–' : time(step.observed_waiting) }) }))} />
      </Panel>
    </div>
  );
}

export function RedesignTab() {
  const { t } = useTranslation();
  const { query, ready } = useScope();
  const names = useNames();
  const [of, setOf] = useState<Of>('case');
  const [kind, setKind] = useState<string>();
  const [resource, setResource] = useState('');
  const [form, setForm] = useState<RedesignForm>(kNoRedesign);
  const simulate = useSimulateRedesign();
  const { stop } = simulate;
  useEffect(() => stop, [stop]);  // whoever leaves the tab does not wait for the answer
  const data = simulate.data;
  const groups = [...new Set([...form.groups.filter(isStaffed).map((one) => one.name.trim()), ...(data?.groups.map((one) => one.name) ?? [])])];
  const name: Name = (key) => (names.touchpoints.includes(key) ? names.touchpoint(key) : key);
  const ask = () => simulate.mutate({ ...query, ...(kind ? { kind } : { of, ...(resource && { resource }) }), body: wishOf(form) });
  const isPartial = form.changes.some((one) => !isWhole(one)) || form.groups.some((one) => !isStaffed(one)) || form.costs.some((one) => !isPriced(one));
  const giveUp = () => { stop(); simulate.reset(); };
  return (
    <div className="grid">
      <Panel title={t('redesign.title')} tools={(
        <>
          {simulate.isPending && <Button icon={<StopOutlined />} onClick={giveUp}>{t('redesign.stop')}</Button>}
          <Button type="primary" icon={<ExperimentOutlined />} disabled={!ready} loading={simulate.isPending} onClick={ask}>{t('redesign.simulate')}</Button>
        </>
      )}>
        <p className="muted small">{t('redesign.intro')}</p>
        <div className="filter-line" style={{ gap: '8px 16px' }}>
          <DefinitionPicker value={kind} onChange={setKind} />
          <Segmented<Of> value={of} disabled={kind !== undefined} onChange={setOf} options={kOfs.map((value) => ({ value, label: t(`perf.of_${value}`) }))} />
          <Input style={{ maxWidth: 260 }} value={resource} disabled={kind !== undefined} maxLength={100} placeholder={t('redesign.resource')} aria-label={t('redesign.resource')} onChange={(event) => setResource(event.target.value.trim())} />
        </div>
        <FormOf form={form} setForm={setForm} groups={groups} name={name} />
        {isPartial && <Alert role="status" type="info" showIcon style={{ margin: '8px 0' }} title={t('redesign.partial')} />}
        {simulate.error && <ProblemView error={simulate.error} />}
        {!data && !simulate.error && <Teach icon={<ExperimentOutlined />} title={t('redesign.empty')} text={t('redesign.empty_text')} />}
      </Panel>
      {data && !simulate.error && <Answer data={data} name={name} />}
    </div>
  );
}
