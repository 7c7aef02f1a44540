// One kind of journey as a form: where its cases begin and end, what belongs to them, and what that comes to.
import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Drawer, Form, Input, InputNumber, Select } from 'antd';
import { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { usePreviewJourneyDefinition, type JourneyDefinition, type JourneyDefinitionFault, type JourneyDefinitionPreview } from '../../api/generated';
import { ProblemView } from '../../components/problem';
import { duration, exact, moment, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useNames } from '../../state/catalogue';
import { useScope } from '../../state/filters';
import { faultsOf, kGapMost, kStepsMax } from './kinds';

const kPatience = 500; // ms after the last change until the preview is asked for

type Choice = { value: string; label: string };

/** What the kind comes to as it stands; asked again when it has rested. */
function usePreview(kind: JourneyDefinition, usable: boolean) {
  const [shown, setShown] = useState<JourneyDefinitionPreview>();
  const { mutate, isPending, error } = usePreviewJourneyDefinition();
  const latest = useRef(0);
  useEffect(() => {
    const asked = ++latest.current;
    if (!usable) return undefined;
    const timer = setTimeout(() => mutate({ body: kind }, { onSuccess: (data) => asked === latest.current && setShown(data) }), kPatience);
    return () => clearTimeout(timer);
  }, [kind, usable, mutate]);
  return { shown, isPending, error };
}

function Preview({ shown, pending }: { shown: JourneyDefinitionPreview | undefined; pending: boolean }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { zone } = useScope();
  const counts = shown?.counts;
  return (
    <div className="panel" aria-live="polite" data-testid="kind-preview" style={{ opacity: pending ? 0.6 : 1 }}>
      <b>{t('kinds.preview')}</b>
      {!counts ? <p className="muted" style={{ margin: '4px 0 0' }}>{t(pending ? 'kinds.counting' : 'kinds.preview_waits')}</p> : (
        <>
          <p className="num" style={{ margin: '4px 0 0' }}>
            {t('kinds.comes_to', { journeys: exact(counts.journeys, language), customers: exact(counts.customers, language) })}
            {counts.journeys > 0 && <> · {t('kinds.complete', { shown: exact(counts.complete, language), share: percent(counts.complete / counts.journeys, language) })}</>}
            {counts.median_ms !== null && <> · {t('journey.median', { time: duration(counts.median_ms, language) })}</>}
            {counts.steps !== null && <> · {t('kinds.steps_each', { shown: exact(counts.steps, language, 1) })}</>}
          </p>
          <p className="muted small" style={{ margin: 0 }}>{moment(shown!.from, language, zone)} – {moment(shown!.to, language, zone)}</p>
        </>
      )}
    </div>
  );
}

/** Places in an order of their own. */
function Ordered({ value, options, label, readOnly, onChange }: { value: string[]; options: Choice[]; label: string; readOnly: boolean; onChange: (value: string[]) => void }) {
  const { t } = useTranslation();
  const put = (at: number, key: string) => onChange(value.map((one, index) => (index === at ? key : one)));
  const swap = (at: number, by: number) => onChange(value.map((one, index) => (index === at ? value[at + by]! : index === at + by ? value[at]! : one)));
  return (
    <div>
      {value.map((key, at) => (
        <div key={at} style={{ display: 'flex', gap: 4, marginBottom: 4 }}>
          <Select showSearch={{ optionFilterProp: 'label' }} style={{ flex: 1, minWidth: 0 }} disabled={readOnly} value={key || null} aria-label={`${label} ${at + 1}`} onChange={(next: string) => put(at, next)}
            options={options.filter((one) => one.value === key || !value.includes(one.value))} />
          {!readOnly && (
            <>
              <Button type="text" icon={<ArrowUpOutlined />} disabled={at === 0} onClick={() => swap(at, -1)} aria-label={`${t('settings.move_up')} ${at + 1}`} />
              <Button type="text" icon={<ArrowDownOutlined />} disabled={at === value.length - 1} onClick={() => swap(at, 1)} aria-label={`${t('settings.move_down')} ${at + 1}`} />
              <Button type="text" danger icon={<DeleteOutlined />} onClick={() => onChange(value.filter((_, index) => index !== at))} aria-label={`${t('common.remove')} ${at + 1}`} />
            </>
          )}
        </div>
      ))}
      {!readOnly && value.length < kStepsMax && (
        <Button icon={<PlusOutlined />} onClick={() => onChange([...value, options.find((one) => !value.includes(one.value))?.value ?? ''])}>{t('kinds.add_step')}</Button>
      )}
    </div>
  );
}

function Owners({ kind, stages, readOnly, onChange }: { kind: JourneyDefinition; stages: Choice[]; readOnly: boolean; onChange: (owners: JourneyDefinition['owners']) => void }) {
  const { t } = useTranslation();
  const { owners } = kind;
  const put = (at: number, patch: Partial<JourneyDefinition['owners'][number]>) => onChange(owners.map((one, index) => (index === at ? { ...one, ...patch } : one)));
  const free = stages.find((stage) => !owners.some((one) => one.stage === stage.value));
  return (
    <div>
      {owners.map((one, at) => (
        <div key={at} style={{ display: 'flex', gap: 4, marginBottom: 4 }}>
          <Select style={{ flex: 1, minWidth: 0 }} disabled={readOnly} value={one.stage || null} aria-label={`${t('journey.stage')} ${at + 1}`} options={stages} onChange={(stage: string) => put(at, { stage })} />
          <Input style={{ flex: 1, minWidth: 0 }} readOnly={readOnly} value={one.owner} maxLength={60} aria-label={`${t('kinds.owner')} ${at + 1}`} placeholder={t('kinds.owner')} onChange={(event) => put(at, { owner: event.target.value })} />
          {!readOnly && <Button type="text" danger icon={<DeleteOutlined />} onClick={() => onChange(owners.filter((_, index) => index !== at))} aria-label={`${t('kinds.remove_owner')} ${at + 1}`} />}
        </div>
      ))}
      {!readOnly && free && <Button icon={<PlusOutlined />} onClick={() => onChange([...owners, { stage: free.value, owner: '' }])}>{t('kinds.add_owner')}</Button>}
    </div>
  );
}

export function KindEditor({ kind, others, isNew, readOnly, onChange, close }: {
  kind: JourneyDefinition; others: string[]; isNew: boolean; readOnly: boolean; onChange: (kind: JourneyDefinition) => void; close: () => void;
}) {
  const { t } = useTranslation();
  const names = useNames();
  const id = useId();
  const local = faultsOf(kind, others);
  const { shown, isPending, error } = usePreview(kind, local.length === 0);
  const faults: JourneyDefinitionFault[] = local.length > 0 ? local : shown?.faults ?? [];
  const put = (patch: Partial<JourneyDefinition>) => onChange({ ...kind, ...patch });
  const options = (keys: string[], used: string[], name: (key: string) => string) => [...new Set([...keys, ...used])].map((value) => ({ value, label: name(value) }));
  const touchpoints = (used: string[]) => options(names.touchpoints, used, names.touchpoint);
  const stages = options(names.stages, [...kind.stages, ...kind.owners.map((one) => one.stage)].filter(Boolean), names.stage);
  const field = (name: keyof JourneyDefinition, input: ReactNode, explain = true) => {
    const fault = faults.find((one) => one.field === name || (one.field === 'name_en' && one.why === 'missing' && name === 'name_zh'));
    return (
      <Form.Item label={t(`kinds.${name}`)} htmlFor={`${id}${name}`} validateStatus={fault ? 'error' : ''} help={fault && t(`kinds.why_${fault.why}`, { value: fault.value })} extra={explain ? t(`kinds.${name}_words`) : undefined}>
        {input}
      </Form.Item>
    );
  };
  const text = (name: 'key' | 'name_en' | 'name_zh') => (
    <Input id={`${id}${name}`} value={kind[name]} maxLength={60} readOnly={readOnly || (name === 'key' && !isNew)} autoComplete="off" onChange={(event) => put({ [name]: event.target.value })} />
  );
  const places = (name: 'starts' | 'ends' | 'moments' | 'stages', list: Choice[]) => (
    <Select id={`${id}${name}`} mode="multiple" allowClear disabled={readOnly} value={kind[name]} options={list} showSearch={{ optionFilterProp: 'label' }} onChange={(value: string[]) => put({ [name]: value })} />
  );
  return (
    <Drawer open size="large" onClose={close} title={t(isNew ? 'kinds.new' : 'kinds.edit')} extra={<Button type="primary" onClick={close}>{t('common.close')}</Button>}>
      <Preview shown={shown} pending={isPending} />
      {error && <div style={{ marginBottom: 12 }}><ProblemView error={error} /></div>}
      <Form layout="vertical" component="div">
        <div className="grid two" style={{ rowGap: 0 }}>
          {field('name_zh', text('name_zh'), false)}
          {field('name_en', text('name_en'), false)}
          {field('key', text('key'))}
          {field('gap_days', <InputNumber id={`${id}gap_days`} min={1} max={kGapMost} precision={0} readOnly={readOnly} value={kind.gap_days} onChange={(value) => put({ gap_days: value ?? 0 })} />)}
          {field('starts', places('starts', touchpoints(kind.starts)))}
          {field('ends', places('ends', touchpoints(kind.ends)))}
          {field('stages', places('stages', stages))}
          {field('moments', places('moments', touchpoints(kind.moments)))}
        </div>
        {field('steps', <Ordered value={kind.steps} options={touchpoints(kind.steps)} label={t('kinds.steps')} readOnly={readOnly} onChange={(steps) => put({ steps })} />)}
        {field('owners', <Owners kind={kind} stages={stages} readOnly={readOnly} onChange={(owners) => put({ owners })} />)}
      </Form>
    </Drawer>
  );
}
