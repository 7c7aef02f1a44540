// Where do cases wait, what is done again and by whom, how much do machines do, and what has changed?
import { FieldTimeOutlined } from '@ant-design/icons';
import { Collapse, Input, Segmented, Select, Table } from 'antd';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useGetPerformance, type GetPerformanceParams, type ProcessPerformance } from '../../api/generated';
import { Chart, ExportMenu } from '../../charts/chart';
import { Formula } from '../../components/formula';
import { IntervalBars } from '../../components/interval_bars';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { Teach } from '../../components/teach';
import { Told } from '../../components/told';
import { exact, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useNames } from '../../state/catalogue';
import { useScope } from '../../state/filters';
import type { Palette } from '../../theme';
import { DesignedFile, DesignedWords, useDesigned, type Designed } from './designed_process';
import { DefinitionPicker } from './friction_tab';
import { Estimate, Figure, Gap, RateFigure, Times, useAmount, usePoints, useTime } from './performance_parts';

type Level = NonNullable<GetPerformanceParams['level']>;
type Of = NonNullable<GetPerformanceParams['of']>;
type Name = (key: string) => string;
const kLevels: Level[] = ['stage', 'touchpoint', 'channel'];
const kOfs: Of[] = ['journey', 'case'];
const kBars = 10;

/** What the user says of the steps; nothing of it can be known from the events alone. */
interface Said { resource: string; machine: string; failure: string; cost: string; split: string; group: string; before: string; after: string }
const kNothingSaid: Said = { resource: '', machine: '', failure: '', cost: '', split: '', group: '', before: '', after: '' };
const kFields: (keyof Said)[] = ['resource', 'machine', 'failure', 'cost', 'split', 'group', 'before', 'after'];

function SaidForm({ said, setSaid, designed, setDesigned, level }: { said: Said; setSaid: (said: Said) => void; designed: string[]; setDesigned: (keys: string[]) => void; level: Level }) {
  const { t } = useTranslation();
  const names = useNames();
  return (
    <Collapse size="small" style={{ marginBottom: 12 }} items={[{
      key: 'said', label: t('perf.say'), children: (
        <div className="filter-line" style={{ gap: '12px 16px' }}>
          {kFields.map((field) => (
            <label key={field} style={{ flex: '1 1 220px' }}>
              <span className="muted small">{t(`perf.say_${field}`)}</span>
              <Input defaultValue={said[field]} placeholder={t(`perf.say_${field}_example`)} maxLength={400}
                onBlur={(event) => setSaid({ ...said, [field]: event.target.value.trim() })} onPressEnter={(event) => event.currentTarget.blur()} />
            </label>
          ))}
          <label style={{ flex: '1 1 220px' }}>
            <span className="muted small">{t('perf.say_designed')}</span>
            <Select mode="multiple" allowClear style={{ width: '100%' }} value={designed} onChange={setDesigned} aria-label={t('perf.say_designed')}
              options={level === 'touchpoint' ? names.touchpoints.map((key) => ({ value: key, label: names.touchpoint(key) })) : []} />
          </label>
        </div>
      ),
    }]} />
  );
}

function Cases({ data }: { data: ProcessPerformance }) {
  const { t } = useTranslation();
  const time = useTime();
  const amount = useAmount();
  return (
    <div className="ptree-measures" data-testid="performance">
      <Figure label={t('perf.throughput')} of={data.throughput.median} show={time} words={t('perf.throughput_words')} />
      <Figure label={t('perf.throughput_mean')} of={data.throughput.mean} show={time} words={t('perf.throughput_mean_words')} />
      <Figure label={t('perf.throughput_p90')} of={data.throughput.p90} show={time} words={t('perf.throughput_p90_words')} />
      {data.service.n > 0 && <Figure label={t('perf.service')} of={data.service.mean} show={time} words={t('perf.service_words')} />}
      {data.cost && <Figure label={t('perf.cost')} of={data.cost.mean} show={amount} words={t('perf.cost_words')} />}
      <RateFigure which="automation" of={data.rates.automation} />
      <RateFigure which="error" of={data.rates.error} />
      <RateFigure which="manual" of={data.rates.manual} />
    </div>
  );
}

function Bottlenecks({ data, name }: { data: ProcessPerformance; name: Name }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const time = useTime();
  const words = data.with_begin === 0 ? t('perf.waiting_with_work') : t('perf.waiting_words');
  const waiting = data.edges.filter((edge) => edge.waiting.median.value !== null).slice(0, kBars);
  return (
    <Panel title={t('perf.bottlenecks')} tools={<><Formula name={t('perf.bottlenecks')} text={words} source={t('perf.waiting_source')} />
      <ExportMenu name="bottlenecks" svg={() => null} rows={() => data.edges.map((edge) => ({ from: edge.from, to: edge.to, count: edge.waiting.n, median_ms: edge.waiting.median.value ?? '', p90_ms: edge.waiting.p90.value ?? '', total_ms: edge.waiting.total, share: edge.share ?? '' }))} /></>}>
      <p className="muted small">{words}</p>
      <IntervalBars bars={waiting.map((edge) => ({
        key: `${edge.from}>${edge.to}`, label: `${name(edge.from)} → ${name(edge.to)}`, value: edge.share ?? 0, interval: null,
        end: `${percent(edge.share ?? 0, language)} · ${time(edge.waiting.median.value ?? 0)}`, hint: t('perf.bar_hint', { shown: exact(edge.waiting.n, language), total: time(edge.waiting.total) }),
      }))} />
      <Table size="small" pagination={false} scroll={{ x: 'max-content' }} rowKey="activity" style={{ marginTop: 16 }} dataSource={data.activities} columns={[
        { title: t('perf.step'), key: 'step', render: (_, row) => name(row.activity) },
        { title: t('perf.steps'), key: 'steps', align: 'end', render: (_, row) => <span className="num">{exact(row.steps, language)}</span> },
        { title: t('perf.wait_median'), key: 'median', align: 'end', render: (_, row) => <Times of={row.waiting} words={words} /> },
        { title: 'P90', key: 'p90', align: 'end', render: (_, row) => <Estimate of={row.waiting.p90} show={time} words={words} /> },
        { title: t('perf.wait_total'), key: 'total', align: 'end', render: (_, row) => <span className="num">{row.waiting.n > 0 ? time(row.waiting.total) : '–'}</span> },
        { title: t('perf.wait_share'), key: 'share', align: 'end', render: (_, row) => <span className="num">{row.share === null ? '–' : percent(row.share, language)}</span> },
        { title: t('perf.service_median'), key: 'service', align: 'end', render: (_, row) => <Times of={row.service} words={t('perf.service_words')} /> },
      ]} />
      {data.parallel.length > 0 && <p className="small">{t('perf.parallel')} {data.parallel.map((pair) => `${name(pair.a)} ∥ ${name(pair.b)} (${exact(pair.ab, language)}, ${exact(pair.ba, language)})`).join('; ')}</p>}
    </Panel>
  );
}

function ReworkPanel({ data, name }: { data: ProcessPerformance; name: Name }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const time = useTime();
  const { rework } = data;
  return (
    <Panel title={t('perf.rework')} note={t('perf.rework_note', { cases: exact(rework.cases, language), of: exact(rework.of, language) })} tools={<Formula name={t('perf.rework')} text={t('perf.rework_words')} />}>
      <div className="ptree-measures">
        <Figure label={t('perf.rework_share')} of={rework} show={(value) => percent(value, language)} words={t('perf.rework_words')} />
        <div className="ptree-measure"><span className="muted small">{t('perf.rework_longer')}</span><b><Gap of={rework.throughput} show={time} words={t('perf.rework_longer_words')} /></b></div>
      </div>
      <Table size="small" pagination={false} scroll={{ x: 'max-content' }} rowKey="activity" dataSource={rework.items} columns={[
        { title: t('perf.step'), key: 'step', render: (_, row) => name(row.activity) },
        { title: t('perf.cases'), key: 'cases', align: 'end', render: (_, row) => <span className="num">{exact(row.cases, language)}</span> },
        { title: t('perf.repeats'), key: 'repeats', align: 'end', render: (_, row) => <span className="num">{exact(row.repeats, language)}</span> },
        { title: t('perf.self_loops'), key: 'self', align: 'end', render: (_, row) => <span className="num">{exact(row.self_loops, language)}</span> },
        { title: t('perf.extra'), key: 'extra', align: 'end', render: (_, row) => <Times of={row.extra} words={t('perf.extra_words')} /> },
      ]} />
    </Panel>
  );
}

function People({ data, name }: { data: ProcessPerformance; name: Name }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const time = useTime();
  const { handover, load } = data;
  if (load.items.length === 0 && handover.handed.n === 0) {
    return <Panel title={t('perf.people')}><p className="muted">{t('perf.no_resource')}</p></Panel>;
  }
  return (
    <Panel title={t('perf.people')} tools={<Formula name={t('perf.people')} text={t('perf.people_words')} />}>
      <div className="ptree-measures">
        <Figure label={t('perf.per_day')} of={load} show={(value) => exact(value, language, 1)} words={t('perf.per_day_words')} />
        <Figure label={t('perf.handed')} of={handover.handed.median} show={time} words={t('perf.handed_words', { shown: exact(handover.handed.n, language) })} />
        <Figure label={t('perf.kept')} of={handover.kept.median} show={time} words={t('perf.kept_words', { shown: exact(handover.kept.n, language) })} />
        <Figure label={t('perf.added')} of={handover.added} show={time} words={t('perf.added_words', { shown: exact(handover.compared, language) })} />
      </div>
      <Table size="small" pagination={false} scroll={{ x: 'max-content' }} rowKey="resource" dataSource={load.items} columns={[
        { title: t('perf.employee'), key: 'resource', render: (_, row) => row.resource },
        { title: t('perf.steps'), key: 'steps', align: 'end', render: (_, row) => <span className="num">{exact(row.steps, language)}</span> },
        { title: t('perf.cases'), key: 'cases', align: 'end', render: (_, row) => <span className="num">{exact(row.cases, language)}</span> },
        { title: t('perf.active_days'), key: 'days', align: 'end', render: (_, row) => <span className="num">{exact(row.active_days, language)}</span> },
        { title: t('perf.per_day'), key: 'per_day', align: 'end', render: (_, row) => <span className="num">{exact(row.per_day, language, 1)}</span> },
      ]} />
      <Table size="small" pagination={false} scroll={{ x: 'max-content' }} rowKey={(row) => `${row.from}>${row.to}`} style={{ marginTop: 16 }} dataSource={handover.items.slice(0, kBars)} columns={[
        { title: t('perf.handover'), key: 'pair', render: (_, row) => `${row.from} → ${row.to}` },
        { title: t('perf.count'), key: 'n', align: 'end', render: (_, row) => <span className="num">{exact(row.waiting.n, language)}</span> },
        { title: t('perf.wait_median'), key: 'median', align: 'end', render: (_, row) => <Times of={row.waiting} words={t('perf.waiting_words')} /> },
        { title: t('perf.wait_total'), key: 'total', align: 'end', render: (_, row) => <span className="num">{time(row.waiting.total)}</span> },
      ]} />
      {data.batches.length > 0 && (
        <Table size="small" pagination={false} scroll={{ x: 'max-content' }} rowKey="activity" style={{ marginTop: 16 }} dataSource={data.batches} columns={[
          { title: t('perf.batched'), key: 'step', render: (_, row) => name(row.activity) },
          { title: t('perf.batches'), key: 'batches', align: 'end', render: (_, row) => <Told words={t('perf.batch_words')}><button type="button" className="link num" data-drill="told">{exact(row.batches, language)}</button></Told> },
          { title: t('perf.in_batches'), key: 'share', align: 'end', render: (_, row) => <span className="num">{percent(row.steps / Math.max(1, row.of), language)}</span> },
          { title: t('perf.largest'), key: 'largest', align: 'end', render: (_, row) => <span className="num">{exact(row.largest, language)}</span> },
          { title: t('perf.batch_wait'), key: 'waiting', align: 'end', render: (_, row) => <Gap of={row.waiting} show={time} words={t('perf.batch_wait_words')} /> },
        ]} />
      )}
    </Panel>
  );
}

function FlowPanel({ data }: { data: ProcessPerformance }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { flow } = data;
  const option = useCallback((palette: Palette) => ({
    grid: { left: 8, right: 8, top: 32, bottom: 8, containLabel: true }, legend: { top: 0, textStyle: { color: palette.text } }, tooltip: { trigger: 'axis' },
    xAxis: { type: 'category', data: flow.spans.map((span) => span.day) }, yAxis: { type: 'value', minInterval: 1 },
    series: [
      { name: t('perf.arrived'), type: 'line', showSymbol: false, data: flow.spans.map((span) => span.arrived) },
      { name: t('perf.completed'), type: 'line', showSymbol: false, lineStyle: { type: 'dashed' }, data: flow.spans.map((span) => span.completed) },
    ],
  }), [flow, t]);
  return (
    <Panel title={t('perf.flow')} note={flow.arrived_a_day !== null && flow.completed_a_day !== null && t('perf.flow_note', { arrived: exact(flow.arrived_a_day, language, 1), completed: exact(flow.completed_a_day, language, 1) })}>
      <Chart option={option} height={220} label={t('perf.flow')} points={flow.spans.length} />
    </Panel>
  );
}

function Compared({ data }: { data: ProcessPerformance }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const time = useTime();
  const points = usePoints();
  const { comparison } = data;
  if (comparison === null) return <Panel title={t('perf.comparison')}><p className="muted">{t('perf.no_split')}</p></Panel>;
  const { before, after } = comparison;
  const share = (value: number | null) => (value === null ? '–' : percent(value, language));
  const rows = [
    { key: 'throughput_median', before: before.throughput.median.value, after: after.throughput.median.value, show: time, gap: comparison.throughput_median, shows: time },
    { key: 'throughput_mean', before: before.throughput.mean.value, after: after.throughput.mean.value, show: time, gap: comparison.throughput_mean, shows: time },
    { key: 'steps_a_case', before: before.steps_a_case, after: after.steps_a_case, show: (value: number) => exact(value, language, 2), gap: comparison.steps_a_case, shows: (value: number) => exact(value, language, 2).replace('-', '−') },
    { key: 'rework_share', before: before.rework, after: after.rework, show: share, gap: comparison.rework, shows: points },
    { key: 'automation', before: before.rates.automation.value, after: after.rates.automation.value, show: share, gap: comparison.automation, shows: points },
    { key: 'error', before: before.rates.error.value, after: after.rates.error.value, show: share, gap: comparison.error, shows: points },
    { key: 'manual', before: before.rates.manual.value, after: after.rates.manual.value, show: share, gap: comparison.manual, shows: points },
  ];
  return (
    <Panel title={t('perf.comparison')} note={t('perf.comparison_note', { before: exact(before.cases, language), after: exact(after.cases, language) })} tools={<Formula name={t('perf.comparison')} text={t('perf.comparison_words')} />}>
      <Table size="small" pagination={false} scroll={{ x: 'max-content' }} rowKey="key" dataSource={rows} columns={[
        { title: '', key: 'key', render: (_, row) => t(`perf.${row.key}`) },
        { title: before.name || t('perf.before'), key: 'before', align: 'end', render: (_, row) => <span className="num">{row.before === null ? '–' : row.show(row.before)}</span> },
        { title: after.name || t('perf.after'), key: 'after', align: 'end', render: (_, row) => <span className="num">{row.after === null ? '–' : row.show(row.after)}</span> },
        { title: t('perf.difference'), key: 'gap', align: 'end', render: (_, row) => <Gap of={row.gap} show={row.shows} words={t('perf.comparison_words')} /> },
      ]} />
    </Panel>
  );
}

/** Where a process is chosen from a file. */
const FileOf = ({ designed }: { designed: Partial<Designed> }) => (designed.take ? <DesignedFile designed={designed as Designed} /> : null);

export function DeviationPanel({ data, name, designed }: { data: { cost: unknown; deviations: ProcessPerformance['deviations'] }; name: Name; designed: Pick<Designed, 'answer' | 'error'> & Partial<Designed> }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const time = useTime();
  const amount = useAmount();
  const { deviations } = data;
  if (deviations === null) return <Panel title={t('perf.deviations')} tools={<FileOf designed={designed} />}><p className="muted">{t('perf.no_design')}</p><DesignedWords designed={designed} name={name} /></Panel>;
  const words = t('perf.deviation_words');
  return (
    <Panel title={t('perf.deviations')} note={t('perf.deviations_note', { fitting: exact(deviations.fitting, language), cases: exact(deviations.cases, language) })} tools={<><FileOf designed={designed} /><Formula name={t('perf.deviations')} text={words} /></>}>
      <DesignedWords designed={designed} name={name} />
      <Table size="small" pagination={false} scroll={{ x: 'max-content' }} rowKey={(row) => `${row.kind} ${row.activity}`} dataSource={deviations.items} columns={[
        { title: t('perf.deviation'), key: 'kind', render: (_, row) => `${t(`perf.kind.${row.kind}`)}: ${name(row.activity)}` },
        { title: t('perf.cases'), key: 'cases', align: 'end', render: (_, row) => <span className="num">{exact(row.cases, language)}</span> },
        { title: t('perf.longer'), key: 'longer', align: 'end', render: (_, row) => <Gap of={row.throughput} show={time} words={words} /> },
        { title: t('perf.wait_total'), key: 'total', align: 'end', render: (_, row) => <span className="num">{row.total_ms === null ? '–' : time(row.total_ms)}</span> },
        ...(data.cost === null ? [] : [
          { title: t('perf.dearer'), key: 'dearer', align: 'end' as const, render: (_: unknown, row: (typeof deviations.items)[number]) => <Gap of={row.cost} show={amount} words={words} /> },
          { title: t('perf.total_cost'), key: 'total_cost', align: 'end' as const, render: (_: unknown, row: (typeof deviations.items)[number]) => <span className="num">{row.total_cost === null ? '–' : amount(row.total_cost)}</span> },
        ]),
      ]} />
    </Panel>
  );
}

export function PerformanceTab() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { query, ready } = useScope();
  const names = useNames();
  const [level, setLevel] = useState<Level>('touchpoint');
  const [of, setOf] = useState<Of>('journey');
  const [definition, setDefinition] = useState<string>();
  const [said, setSaid] = useState<Said>(kNothingSaid);
  const [designed, setDesigned] = useState<string[]>([]);
  const given = Object.fromEntries(kFields.filter((field) => said[field] !== '').map((field) => [field, said[field]]));
  const performance = useGetPerformance({ ...query, level, of, ...given, ...(definition && { definition }), ...(designed.length > 0 && { designed: designed.join(',') }) }, { enabled: ready, keep: true });
  const file = useDesigned({ ...query, level, of, ...(said.cost && { cost: said.cost }) });
  const name = names[level];
  const data = performance.data;
  return (
    <div className="grid">
      <Panel title={t('perf.title')} note={data && t('perf.of_cases', { cases: exact(data.stored_cases, language), steps: exact(data.stored_steps, language) })}>
        <div className="filter-line" style={{ gap: '8px 16px' }}>
          <Segmented<Level> value={level} onChange={setLevel} options={kLevels.map((value) => ({ value, label: t(`by.${value}`) }))} />
          <Segmented<Of> value={of} onChange={setOf} options={kOfs.map((value) => ({ value, label: t(`perf.of_${value}`) }))} />
          <DefinitionPicker value={definition} onChange={setDefinition} />
        </div>
        <SaidForm said={said} setSaid={setSaid} designed={designed} setDesigned={setDesigned} level={level} />
        <Load query={performance} rows={4}>
          {(found) => (found.cases === 0 ? <Teach icon={<FieldTimeOutlined />} title={t('perf.empty')} text={t('perf.empty_text')} />
            : (
              <>
                <Cases data={found} />
                {found.cases < found.stored_cases && <p className="muted small">{t('perf.sampled', { shown: percent(found.cases / found.stored_cases, language) })}</p>}
              </>
            ))}
        </Load>
      </Panel>
      {data && data.cases > 0 && (
        <>
          <Bottlenecks data={data} name={name} />
          <ReworkPanel data={data} name={name} />
          <People data={data} name={name} />
          <FlowPanel data={data} />
          <Compared data={data} />
          <DeviationPanel data={file.answer ? { cost: data.cost, deviations: file.answer.deviations } : data} name={name} designed={file} />
        </>
      )}
    </div>
  );
}
