// The tracking plan of a source: what its events should look like, what they do look like, and the difference.
import { NodeIndexOutlined } from '@ant-design/icons';
import { App, Button, Input, Segmented, Select, Table, Tag, type TableColumnsType } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { useInvalidate } from '../../api/client';
import { useForgetObserved, useGetDrift, useGetObserved, useGetPlan, useGetPlanHistory, useListSources, usePutPlan, type DriftItem, type Observed, type ObservedEvent, type ObservedProperty, type Plan, type PlanEvent, type PlanInForce, type Source } from '../../api/generated';
import { Load } from '../../components/load';
import { Panel, PanelSkeleton } from '../../components/page';
import { ProblemView, useProblemNotice } from '../../components/problem';
import { Teach } from '../../components/teach';
import { ago, exact, moment, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useMay } from '../../state/session';

const kEmpty: Plan = { mode: 'observe', unplanned: 'allow', events: [] };
const kDriftColours: Record<DriftItem['kind'], string> = { new_event: 'blue', new_property: 'blue', type_changed: 'orange', missing: 'orange', violation: 'red', not_seen: 'default' };

interface Schema {
  properties?: Record<string, unknown>;
  required?: string[];
  [word: string]: unknown;
}

/** The plan with what the difference shows taken in, as it was learnt; null: nothing to take in. */
export function withDrift(plan: Plan, inferred: Plan, item: Pick<DriftItem, 'kind' | 'type' | 'event' | 'path'>): Plan | null {
  const is = (event: PlanEvent) => (event.type ?? 'track') === item.type && event.name === item.event;
  const learnt = inferred.events.find(is);
  if (!learnt) return null;
  if (item.kind === 'new_event') return { ...plan, events: [...plan.events.filter((event) => !is(event)), learnt] };
  const property = (learnt.schema as Schema | undefined)?.properties?.[item.path];
  if (item.kind !== 'new_property' || property === undefined) return null;
  return {
    ...plan,
    events: plan.events.map((event) => {
      if (!is(event)) return event;
      const schema = (event.schema ?? { type: 'object' }) as Schema;
      return { ...event, schema: { ...schema, properties: { ...schema.properties, [item.path]: property } } };
    }),
  };
}

function Editor({ source, inForce, observed, text, setText }: { source: Source; inForce: PlanInForce; observed: Observed; text: string; setText: (text: string) => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const may = useMay()('manage_data');
  const { message } = App.useApp();
  const notice = useProblemNotice();
  const invalidate = useInvalidate();
  const put = usePutPlan();
  const history = useGetPlanHistory({ id: source.id });
  let plan: Plan | null = null;
  try {
    plan = JSON.parse(text) as Plan;
  } catch {
    plan = null;
  }
  const show = (next: Plan) => setText(JSON.stringify(next, null, 2));
  const save = () => plan && put.mutate({ id: source.id, body: { based_on: inForce.version, plan } }, {
    onSuccess: (saved) => {
      void message.success(t('plan.saved', { version: saved.version }));
      void invalidate('getPlan', 'getPlanHistory', 'getDrift', 'getObserved');
    },
    onError: notice,
  });
  return (
    <Panel
      title={t('plan.title')}
      note={inForce.version === 0 ? t('plan.none') : t('plan.version', { version: inForce.version, at: inForce.at ? moment(inForce.at, language) : '' })}
      tools={(
        <>
          <Segmented size="small" disabled={!may || !plan} value={plan?.mode ?? 'observe'} options={(['observe', 'enforce'] as const).map((key) => ({ value: key, label: t(`plan.${key}`) }))} onChange={(mode) => plan && show({ ...plan, mode })} />
          <Select size="small" disabled={!may || !plan} aria-label={t('plan.unplanned')} value={plan?.unplanned ?? 'allow'} options={(['allow', 'refuse'] as const).map((key) => ({ value: key, label: t(`plan.unplanned_${key}`) }))} onChange={(unplanned) => plan && show({ ...plan, unplanned })} />
          {(history.data?.items.length ?? 0) > 1 && (
            <Select<number> size="small" placeholder={t('plan.history')} aria-label={t('plan.history')} style={{ minWidth: 110 }} value={null as unknown as number}
              options={history.data?.items.map((item) => ({ value: item.version, label: `${item.version} · ${item.at ? ago(item.at, language) : ''}` })) ?? []}
              onChange={(version) => {
                const chosen = history.data?.items.find((item) => item.version === version)?.plan;
                if (chosen) show(chosen);
              }} />
          )}
          <Button size="small" data-testid="plan-infer" disabled={!may || observed.events.length === 0} onClick={() => show({ ...observed.inferred, mode: plan?.mode ?? 'observe', unplanned: plan?.unplanned ?? 'allow' })}>{t('plan.infer')}</Button>
          <Button size="small" type="primary" data-testid="plan-save" disabled={!may || !plan} loading={put.isPending} onClick={save}>{t('plan.save')}</Button>
        </>
      )}
    >
      <div className="muted small" style={{ marginBottom: 8 }}>{t(plan?.mode === 'enforce' ? 'plan.enforce_text' : 'plan.observe_text')}</div>
      <Input.TextArea aria-label={t('plan.title')} className="mono" data-testid="plan-text" readOnly={!may} spellCheck={false} status={plan ? '' : 'error'} autoSize={{ minRows: 8, maxRows: 26 }} value={text} onChange={(event) => setText(event.target.value)} />
      {!plan && <div className="small" style={{ color: 'var(--bad)', marginTop: 6 }}>{t('plan.not_json')}</div>}
    </Panel>
  );
}

function DriftPanel({ items, version, take }: { items: DriftItem[]; version: number; take: ((item: DriftItem) => void) | null }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const columns: TableColumnsType<DriftItem> = [
    { title: t('plan.what'), key: 'kind', render: (_, item) => <Tag color={kDriftColours[item.kind]}>{item.fault && item.kind === 'violation' ? t(`fault.${item.fault}`) : t(`drift.${item.kind}`)}</Tag> },
    { title: t('plan.event'), key: 'event', render: (_, item) => item.event || t(`type.${item.type}`, { defaultValue: item.type }) },
    { title: t('plan.property'), key: 'path', render: (_, item) => (item.path ? <code>{item.path}</code> : '–') },
    { title: t('plan.types'), key: 'types', responsive: ['md'], render: (_, item) => (item.to ? `${item.from ? `${item.from} → ` : ''}${item.to}` : '') },
    { title: t('plan.events'), key: 'count', align: 'end', sorter: (a, b) => a.count - b.count, render: (_, item) => <span className="num">{exact(item.count, language)}</span> },
    { title: t('plan.share'), key: 'share', align: 'end', responsive: ['md'], sorter: (a, b) => a.share - b.share, render: (_, item) => <span className="num">{percent(item.share, language)}</span> },
    { title: t('plan.first'), key: 'first', responsive: ['md'], render: (_, item) => (item.first_at ? <span className="nowrap" title={moment(item.first_at, language)}>{ago(item.first_at, language)}</span> : '–') },
    { title: '', key: 'take', render: (_, item) => take && (item.kind === 'new_event' || item.kind === 'new_property') && version > 0 && <Button size="small" onClick={() => take(item)}>{t('plan.take')}</Button> },
  ];
  return (
    <Panel title={t('plan.drift')} note={t(version > 0 ? 'plan.against_plan' : 'plan.against_usual')}>
      {items.length === 0
        ? <div className="muted">{t('plan.no_drift')}</div>
        : <Table<DriftItem> size="small" rowKey={(item) => `${item.kind}|${item.type}|${item.event}|${item.path}|${item.fault ?? ''}|${item.to}`} columns={columns} dataSource={items} pagination={items.length > 20 ? { pageSize: 20, size: 'small' } : false} scroll={{ x: 'max-content' }} />}
    </Panel>
  );
}

function PropertyTable({ event }: { event: ObservedEvent }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <>
      <Table<ObservedProperty> size="small" rowKey="key" pagination={false} dataSource={event.properties} scroll={{ x: 'max-content' }} columns={[
        { title: t('plan.property'), key: 'key', render: (_, item) => <code>{item.key}</code> },
        { title: t('plan.share'), key: 'share', align: 'end', render: (_, item) => <span className="num">{percent(item.share, language)}</span> },
        { title: t('plan.types'), key: 'types', render: (_, item) => item.types.map((type) => (item.types.length > 1 ? `${type.type} ${percent(type.share, language)}` : type.type)).join(', ') },
        { title: t('plan.values'), key: 'values', render: (_, item) => (item.minimum !== null && item.maximum !== null ? <span className="num">{item.minimum} – {item.maximum}</span> : <span style={{ overflowWrap: 'anywhere' }}>{item.values.slice(0, 8).join(', ')}</span>) },
        { title: t('plan.first'), key: 'first', render: (_, item) => ago(item.first_at, language) },
      ]} />
      {event.properties_beyond > 0 && <div className="small" style={{ color: 'var(--bad)' }}>{t('plan.properties_beyond', { count: event.properties_beyond, shown: exact(event.properties_beyond, language) })}</div>}
    </>
  );
}

function ObservedPanel({ observed, forget }: { observed: Observed; forget: (() => void) | null }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <Panel title={t('plan.observed')} note={observed.first_at ? t('plan.since', { at: moment(observed.first_at, language) }) : undefined} tools={forget && observed.events.length > 0 && <Button size="small" onClick={forget}>{t('plan.forget')}</Button>}>
      {observed.names_beyond > 0 && <div className="small" style={{ color: 'var(--bad)', marginBottom: 8 }}>{t('plan.names_beyond', { count: observed.names_beyond, shown: exact(observed.names_beyond, language) })}</div>}
      {observed.events.length === 0
        ? <Teach icon={<NodeIndexOutlined />} title={t('plan.empty')} text={t('plan.empty_text')} />
        : (
          <Table<ObservedEvent> size="small" rowKey={(item) => `${item.type}|${item.name}`} dataSource={observed.events} pagination={observed.events.length > 20 ? { pageSize: 20, size: 'small' } : false} scroll={{ x: 'max-content' }}
            expandable={{ expandedRowRender: (item) => <PropertyTable event={item} />, rowExpandable: (item) => item.properties.length > 0 }}
            columns={[
              { title: t('plan.event'), key: 'name', sorter: (a, b) => a.name.localeCompare(b.name), render: (_, item) => item.name || t(`type.${item.type}`, { defaultValue: item.type }) },
              { title: t('plan.type'), key: 'type', responsive: ['md'], render: (_, item) => t(`type.${item.type}`, { defaultValue: item.type }) },
              { title: t('plan.planned'), key: 'planned', render: (_, item) => (item.planned ? t('common.yes') : t('common.no')) },
              { title: t('plan.properties'), key: 'properties', align: 'end', responsive: ['md'], render: (_, item) => <span className="num">{item.properties.length}</span> },
              { title: t('plan.events'), key: 'count', align: 'end', defaultSortOrder: 'descend', sorter: (a, b) => a.count - b.count, render: (_, item) => <span className="num">{exact(item.count, language)}</span> },
              { title: t('plan.last'), key: 'last', responsive: ['md'], render: (_, item) => ago(item.last_at, language) },
            ]} />
        )}
    </Panel>
  );
}

function PlanOf({ source }: { source: Source }) {
  const { t } = useTranslation();
  const may = useMay()('manage_data');
  const notice = useProblemNotice();
  const invalidate = useInvalidate();
  const { message, modal } = App.useApp();
  const plan = useGetPlan({ id: source.id });
  const observed = useGetObserved({ id: source.id }, { refetchInterval: 15_000, keep: true });
  const drift = useGetDrift({ id: source.id }, { refetchInterval: 15_000, keep: true });
  const forget = useForgetObserved();
  const [edited, setEdited] = useState<string | null>(null);
  const text = edited ?? JSON.stringify(plan.data?.plan ?? kEmpty, null, 2);
  const take = (item: DriftItem) => {
    try {
      const next = observed.data && withDrift(JSON.parse(text) as Plan, observed.data.inferred, item);
      if (next) {
        setEdited(JSON.stringify(next, null, 2));
        void message.info(t('plan.taken'));
      }
    } catch {
      void message.error(t('plan.not_json'));
    }
  };
  const ask = () => modal.confirm({
    title: t('plan.forget_title'), content: t('plan.forget_text'), okText: t('plan.forget'), cancelText: t('common.cancel'),
    onOk: () => forget.mutateAsync({ id: source.id }).then(() => invalidate('getObserved', 'getDrift'), notice),
  });
  return (
    <div className="grid" style={{ gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <Load query={drift} rows={3}>{(data) => <DriftPanel items={data.items} version={data.version} take={may ? take : null} />}</Load>
      <Load query={observed}>{(seen) => <ObservedPanel observed={seen} forget={may ? ask : null} />}</Load>
      <Load query={plan}>{(inForce) => (observed.data ? <Editor source={source} inForce={inForce} observed={observed.data} text={text} setText={setEdited} /> : <PanelSkeleton />)}</Load>
    </div>
  );
}

export function PlanTab() {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const sources = useListSources({ staleTime: 60_000 });
  const items = sources.data?.items ?? [];
  const busiest = items.toSorted((a, b) => (b.last_event_at ?? '').localeCompare(a.last_event_at ?? ''))[0];
  const chosen = items.find((item) => item.id === params.get('source')) ?? busiest;
  const choose = (id: string) => setParams((current) => {
    const address = new URLSearchParams(current);
    address.set('source', id);
    return address;
  }, { replace: true });
  if (sources.isError) return <ProblemView error={sources.error} retry={() => void sources.refetch()} />;
  if (!sources.data) return <Panel><PanelSkeleton /></Panel>;
  if (!chosen) return <Panel><Teach icon={<NodeIndexOutlined />} title={t('source.empty')} text={t('source.empty_text')} /></Panel>;
  return (
    <>
      <div style={{ marginBottom: 14 }}>
        <Select aria-label={t('quarantine.source')} data-testid="plan-source" style={{ minWidth: 220 }} value={chosen.id} onChange={choose} options={items.map((item) => ({ value: item.id, label: item.name }))} />
      </div>
      <PlanOf key={chosen.id} source={chosen} />
    </>
  );
}
