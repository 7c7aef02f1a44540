// What the spend of channels brings: curves with where one stands today, the next unit of money, a better division.
import { FundOutlined } from '@ant-design/icons';
import { Alert, Input, Select, Table, Tooltip, type TableColumnsType } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useInvalidate } from '../../api/client';
import { useGetChannelBudget, useListChannelSpending, usePutChannelSpending, type BudgetChannel, type BudgetNote, type BudgetRanged, type ChannelBudget, type ChannelSpendingSum } from '../../api/generated';
import { ExportMenu } from '../../charts/chart';
import { Formula } from '../../components/formula';
import { ImportCsv } from '../../components/import_csv';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { Teach } from '../../components/teach';
import { Told } from '../../components/told';
import { coefficient, exact, percent, type Language } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useNames } from '../../state/catalogue';
import { useScope } from '../../state/filters';
import { useMay } from '../../state/session';
import { curveShape } from './budget_shape';

const kGrains = ['day', 'week', 'month'] as const;
const kOutcomes = ['revenue', 'orders', 'new_customers', 'sessions', 'events'] as const;
const kWidth = 240;
const kHeight = 130;

/** Small numbers by two significant digits, others by few decimals. */
function figure(value: number, language: Language): string {
  return Math.abs(value) >= 100 ? exact(value, language) : coefficient(value, language, 2);
}
function between(one: BudgetRanged, write: (value: number) => string, t: (key: string, values: Record<string, string>) => string): string {
  return one.low !== null && one.high !== null ? t('metric.interval', { low: write(one.low), high: write(one.high) }) : '';
}

function ToldFigure({ one, words, write }: { one: BudgetRanged; words: string; write: (value: number) => string }) {
  const { t } = useTranslation();
  const interval = between(one, write, t);
  return (
    <Told words={`${words} ${interval}`}>
      <button type="button" className="link num" data-drill="told">{write(one.value)}{one.low !== null && one.high !== null && <span className="muted small"> {write(one.low)} … {write(one.high)}</span>}</button>
    </Told>
  );
}

function useNoteWords() {
  const { t } = useTranslation();
  const language = useLanguage();
  const names = useNames();
  return (note: BudgetNote) => t(`budget.issue_${note.issue}`, {
    channel: names.channel(note.channel), other: note.issue === 'move_together' || note.issue === 'nearly_together' ? names.channel(note.other) : note.other,
    value: figure(note.value, language), needed: figure(note.needed, language),
  });
}

function Curve({ channel, found }: { channel: BudgetChannel; found: ChannelBudget }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const names = useNames();
  const shape = curveShape(channel, kWidth, kHeight);
  const label = t('budget.curve_label', { channel: names.channel(channel.channel), present: figure(channel.present, language), next: figure(channel.marginal.value, language) });
  return (
    <figure style={{ margin: 0, minWidth: 0, flex: '1 1 240px', maxWidth: 340 }}>
      <figcaption><b>{names.channel(channel.channel)}</b></figcaption>
      <svg viewBox={`-4 -6 ${kWidth + 12} ${kHeight + 24}`} role="img" aria-label={label} style={{ width: '100%', height: 'auto' }}>
        <path d={shape.band} fill="color-mix(in srgb, var(--accent) 18%, transparent)" />
        <path d={shape.line} fill="none" stroke="var(--accent)" strokeWidth={2} />
        <line x1={0} y1={kHeight} x2={kWidth} y2={kHeight} stroke="color-mix(in srgb, var(--text) 35%, transparent)" />
        <circle cx={shape.present.x} cy={shape.present.y} r={4.5} fill="var(--text)"><title>{t('budget.now')}</title></circle>
        {found.total > 0 && <circle cx={shape.better.x} cy={shape.better.y} r={4.5} fill="none" stroke="var(--text)" strokeWidth={2}><title>{t('budget.better')}</title></circle>}
        <text x={0} y={kHeight + 14} fontSize={11} fill="currentColor">0</text>
        <text x={kWidth} y={kHeight + 14} fontSize={11} fill="currentColor" textAnchor="end">{figure(shape.most.spend, language)} {found.currency}</text>
      </svg>
    </figure>
  );
}

function useColumns(found: ChannelBudget | undefined): TableColumnsType<BudgetChannel> {
  const { t } = useTranslation();
  const language = useLanguage();
  const names = useNames();
  const noteWords = useNoteWords();
  const write = (value: number) => figure(value, language);
  const share = (value: number) => percent(value, language);
  const said = (row: BudgetChannel, cell: React.ReactNode) => (row.why ? null : cell);
  return [
    { title: t('channels.channel'), key: 'channel', fixed: 'start', render: (_, row) => <><b className="nowrap">{names.channel(row.channel)}</b>{row.why && <div className="muted small" style={{ maxWidth: 260 }}>{noteWords(row.why)}</div>}</> },
    { title: t('budget.spent'), key: 'spent', align: 'end', render: (_, row) => <span className="num">{figure(row.spent, language)}</span> },
    { title: t('budget.share'), key: 'share', align: 'end', render: (_, row) => said(row, <ToldFigure one={row.share} words={t('budget.share_words')} write={share} />) },
    { title: t('budget.average'), key: 'average', align: 'end', render: (_, row) => said(row, <ToldFigure one={row.average} words={t('budget.average_words')} write={write} />) },
    { title: t('budget.marginal'), key: 'marginal', align: 'end', render: (_, row) => said(row, <ToldFigure one={row.marginal} words={t('budget.marginal_words')} write={write} />) },
    { title: t('budget.carry'), key: 'carry', align: 'end', render: (_, row) => said(row, <Tooltip title={t('budget.carry_words')}><span className="num">{share(row.carry)}</span></Tooltip>) },
    { title: t('budget.now'), key: 'present', align: 'end', render: (_, row) => <Tooltip title={t('budget.now_words', { n: found?.latest ?? 0 })}><span className="num">{figure(row.present, language)}</span></Tooltip> },
    { title: t('budget.better'), key: 'better', align: 'end', render: (_, row) => said(row, <b className="num">{figure(row.better, language)}</b>) },
  ];
}

function Notes({ found }: { found: ChannelBudget }) {
  const { t } = useTranslation();
  const noteWords = useNoteWords();
  if (!found.answered)
    return <Alert type="warning" showIcon role="status" title={t('budget.refused')} description={<ul style={{ margin: 0, paddingInlineStart: 18 }}>{found.refused.map((note) => <li key={`${note.issue}${note.channel}`}>{noteWords(note)}</li>)}</ul>} />;
  if (found.notes.length === 0) return null;
  return <Alert type="info" showIcon role="status" title={t('budget.bear_in_mind')} description={<ul style={{ margin: 0, paddingInlineStart: 18 }}>{found.notes.map((note) => <li key={`${note.issue}${note.channel}`}>{noteWords(note)}</li>)}</ul>} />;
}

function Found({ found }: { found: ChannelBudget }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const columns = useColumns(found);
  const answered = found.channels.filter((one) => one.why === null && one.curve.length > 0);
  const { low, high } = found.gain;
  const unsure = low === null || low <= 0;
  const write = (value: number) => figure(value, language);
  return (
    <div data-testid="budget-found" style={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: 16 }}>
      <Notes found={found} />
      {found.answered && (
        <>
          <div style={{ display: 'flex', flexWrap: 'wrap', gap: 16 }}>{answered.map((one) => <Curve key={one.channel} channel={one} found={found} />)}</div>
          <p className="muted small" style={{ margin: 0 }}>{t('budget.legend')}</p>
          <Table<BudgetChannel> rowKey="channel" size="middle" columns={columns} dataSource={[...found.channels]} pagination={false} scroll={{ x: 'max-content' }} />
          <p style={{ margin: 0 }}>
            {t(unsure ? 'budget.gain_unsure' : 'budget.gain_sure', { total: write(found.total), currency: found.currency })}{' '}
            <ToldFigure one={found.gain} words={t('budget.gain_words')} write={write} />{' '}
            <span className="muted small">{low !== null && high !== null ? t('budget.gain_of', { share: percent(found.gain.value / Math.max(1e-12, found.total_outcome / Math.max(1, found.periods)), language) }) : t('budget.no_interval')}</span>
          </p>
        </>
      )}
    </div>
  );
}

function ImportButton() {
  const { t } = useTranslation();
  const invalidate = useInvalidate();
  return (
    <ImportCsv store={usePutChannelSpending()} label={t('budget.import')} stored={(n) => t('budget.stored', { n })} storedSome={(n, bad) => t('budget.stored_some', { n, bad })}
      done={() => invalidate('listChannelSpending', 'getChannelBudget')} />
  );
}

function SpendingPanel() {
  const { t } = useTranslation();
  const language = useLanguage();
  const names = useNames();
  const may = useMay();
  const kept = useListChannelSpending({ limit: 1 }, { keep: true });
  const columns = useMemo<TableColumnsType<ChannelSpendingSum>>(() => [
    { title: t('channels.channel'), key: 'channel', render: (_, row) => <b>{names.channel(row.channel)}</b> },
    { title: t('budget.entries'), key: 'entries', align: 'end', render: (_, row) => exact(row.entries, language) },
    { title: t('budget.days'), key: 'days', render: (_, row) => <span className="nowrap">{row.from} – {row.to}</span> },
    { title: t('budget.spent'), key: 'spend', align: 'end', render: (_, row) => <span className="nowrap">{exact(row.spend, language)} {row.currency}</span> },
  ], [t, language, names]);
  return (
    <div style={{ marginTop: 16 }}><Panel title={t('budget.spending')} note={t('budget.spending_note')} tools={may('manage_data') && <ImportButton />}>
      <Load query={kept} rows={3}>
        {(shown) => (shown.channels.length === 0 ? <p className="muted" style={{ margin: 0 }}>{t('budget.no_spending')}</p>
          : <Table<ChannelSpendingSum> rowKey={(one) => `${one.channel}/${one.currency}`} size="small" columns={columns} dataSource={[...shown.channels]} pagination={{ pageSize: 12, hideOnSinglePage: true, showSizeChanger: false }} scroll={{ x: 'max-content' }} />)}
      </Load>
    </Panel></div>
  );
}

export function BudgetTab() {
  const { t } = useTranslation();
  const { query, ready } = useScope();
  const { from, to, channel: _all, ...scope } = query; // channels are compared, not filtered
  const [outcome, setOutcome] = useState<string>('revenue');
  const [conversion, setConversion] = useState('');
  const [grain, setGrain] = useState<(typeof kGrains)[number]>('week');
  const [range, setRange] = useState<'all' | 'page'>('all');
  const days = range === 'all' ? {} : { ...(from && { from }), ...(to && { to }) };
  const found = useGetChannelBudget({ ...scope, ...days, outcome, grain, ...(conversion && { conversion }) }, { enabled: ready, keep: true });
  const data = found.data;
  return (
    <>
      <Panel title={<>{t('budget.title')} <Formula name={t('budget.title')} text={t('budget.formula')} source="Jin, Wang, Sun, Chan, Koehler (2017), Bayesian methods for media mix modeling with carryover and shape effects" /></>}
        note={data && data.from !== null && data.to !== null ? t('budget.range_note', { from: data.from, to: data.to, periods: data.periods }) : undefined}
        tools={data && data.answered && <ExportMenu name="budget" svg={() => null} rows={() => data.channels.flatMap((one) => one.curve.map((point) => ({ channel: one.channel, spend: point.spend, outcome: point.value, low: point.low ?? '', high: point.high ?? '', now: one.present, better: one.better })))} />}>
        <div className="filter-line" style={{ gap: '8px 16px' }}>
          <Select<string> value={outcome} onChange={setOutcome} style={{ minWidth: 150 }} aria-label={t('budget.outcome')} disabled={conversion !== ''} options={kOutcomes.map((value) => ({ value, label: t(`budget.outcome_${value}`) }))} />
          <Input.Search style={{ width: 240 }} allowClear placeholder={t('budget.conversion_any')} aria-label={t('channels.conversion_event')} onSearch={(text) => setConversion(text.trim())} />
          <Select<(typeof kGrains)[number]> value={grain} onChange={setGrain} aria-label={t('budget.grain')} options={kGrains.map((value) => ({ value, label: t(`budget.grain_${value}`) }))} />
          <Select<'all' | 'page'> value={range} onChange={setRange} aria-label={t('budget.range')} options={[{ value: 'all', label: t('budget.range_all') }, { value: 'page', label: t('budget.range_page') }]} />
        </div>
        <Load query={found} rows={8}>
          {(shown) => (shown.refused.some((note) => note.issue === 'no_spending') ? <Teach icon={<FundOutlined />} title={t('budget.no_spending')} text={t('budget.no_spending_text')} /> : <Found found={shown} />)}
        </Load>
        <p className="muted small" style={{ margin: '8px 0 0' }}>{t('budget.note')}</p>
      </Panel>
      <SpendingPanel />
    </>
  );
}
