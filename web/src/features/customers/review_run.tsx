// Running matching, and what it has learned: for each field how often its levels of agreement occur among pairs
// of one customer and of different ones, and what they are worth.
import { PlayCircleOutlined, StepForwardOutlined, StopOutlined } from '@ant-design/icons';
import { Button, Collapse, Progress, Select, Table, type TableColumnsType } from 'antd';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useInvalidate } from '../../api/client';
import { useCancelMatchRun, useStartMatchRun, type MatchCurvePoint, type MatchLevel, type MatchModel, type MatchRule, type MatchRun } from '../../api/generated';
import { Chart } from '../../charts/chart';
import { tooltipStyle } from '../../charts/trend';
import { Panel } from '../../components/page';
import { ProblemView } from '../../components/problem';
import { useTimeLeft } from '../../components/time_left';
import { compact, duration, exact, moment, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useScope } from '../../state/filters';
import type { Palette } from '../../theme';
import { WeightBar } from './review_steps';

const kFrom = [0, 0.9999, 0.999, 0.99, 0.95];

function Latest({ run }: { run: MatchRun }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { zone } = useScope();
  return (
    <dl className="facts" style={{ margin: 0 }}>
      <div><dt>{t('review.run_at')}</dt><dd className="plain">{moment(run.at, language, zone)}</dd></div>
      <div><dt>{t('review.records')}</dt><dd>{exact(run.records, language)}</dd></div>
      {run.new_records !== null && <div><dt>{t('review.fresh')}</dt><dd>{exact(run.new_records, language)}</dd></div>}
      <div><dt>{t('review.compared')}</dt><dd>{compact(run.compared_pairs, language)}</dd></div>
      <div><dt>{t('review.proposed')}</dt><dd>{exact(run.proposed, language)}</dd></div>
      <div><dt>{t('review.merged')}</dt><dd>{exact(run.merged, language)}</dd></div>
      <div><dt>{t('review.labels')}</dt><dd>{exact(run.labels, language)}</dd></div>
    </dl>
  );
}

export function RunPanel({ runs, resumable, onStarted }: { runs: MatchRun[]; resumable: boolean; onStarted: () => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const invalidate = useInvalidate();
  const start = useStartMatchRun();
  const cancel = useCancelMatchRun();
  const [from, setFrom] = useState(0);
  const [scope, setScope] = useState<'all' | 'new'>('all');
  const latest = runs[0];
  const running = latest?.state === 'running';
  const ended = runs.find((one) => one.state === 'done');  // one on its way, or cancelled, has no figures
  const share = running ? latest.progress : null;
  const left = useTimeLeft(share);
  const waits = latest?.state === 'interrupted' && resumable;
  const run = (resume: boolean) => start.mutate({ body: resume ? { resume } : { merge_from: from || null, only_new: scope === 'new' } }, {
    onSuccess: async () => {
      await invalidate('listMatchRuns');
      onStarted();
    },
  });
  const stop = () => cancel.mutate(undefined, { onSuccess: () => invalidate('listMatchRuns') });
  return (
    <Panel>
      {ended && <Latest run={ended} />}
      {!latest && <p className="muted" style={{ marginTop: 0 }}>{t('review.never')}</p>}
      <div style={{ display: 'flex', gap: 8, flexWrap: 'wrap', marginTop: ended ? 12 : 0, alignItems: 'center' }}>
        {waits && <Button type="primary" icon={<StepForwardOutlined />} loading={start.isPending} onClick={() => run(true)}>{t('review.resume')}</Button>}
        <Button type={waits ? 'default' : 'primary'} icon={<PlayCircleOutlined />} loading={running || (!waits && start.isPending)} onClick={() => run(false)}>{t(running ? 'review.running' : 'review.run')}</Button>
        {running && <Button icon={<StopOutlined />} loading={cancel.isPending} onClick={stop}>{t('review.cancel')}</Button>}
        {latest && <Select<'all' | 'new'> value={scope} onChange={setScope} disabled={running} style={{ minWidth: 230 }} aria-label={t('review.scope')} options={(['all', 'new'] as const).map((value) => ({ value, label: t(`review.scope_${value}`) }))} />}
        <Select<number> value={from} onChange={setFrom} disabled={running} style={{ minWidth: 230 }} aria-label={t('review.merge_from')} options={kFrom.map((value) => ({ value, label: value === 0 ? t('review.merge_never') : t('review.merge_at', { share: percent(value, language, 2) }) }))} />
      </div>
      {running && <Progress percent={Math.round((share ?? 0) * 100)} size="small" status="active" aria-label={t('review.progress')} style={{ marginTop: 12, maxWidth: 520 }} />}
      {left !== null && <div className="muted small">{t('review.time_left', { left: duration(left, language) })}</div>}
      {latest?.state === 'interrupted' && <p className="muted" style={{ margin: '12px 0 0' }}>{t(waits ? 'review.resumable' : 'review.interrupted')}</p>}
      {cancel.isError && <div style={{ marginTop: 12 }}><ProblemView error={cancel.error} /></div>}
      {start.isError && <div style={{ marginTop: 12 }}><ProblemView error={start.error} /></div>}
    </Panel>
  );
}

interface Row extends MatchLevel {
  key: string;
  column: string;
  first: number;
}

/** How precision and recall go with the threshold, over the pairs that people decided. */
export function Curve({ curve }: { curve: MatchCurvePoint[] }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const option = useCallback((palette: Palette) => ({
    tooltip: { ...tooltipStyle(palette), trigger: 'axis', valueFormatter: (number: unknown) => (typeof number === 'number' ? percent(number, language) : '–') },
    legend: { top: 0, textStyle: { color: palette.text } },
    grid: { left: 48, right: 18, top: 32, bottom: 40 },
    xAxis: { type: 'category', name: t('review.threshold'), nameLocation: 'middle', nameGap: 26, data: curve.map((point) => percent(point.threshold, language, point.threshold > 0.99 ? 1 : 0)) },
    yAxis: { type: 'value', max: 1, scale: true, axisLabel: { formatter: (number: number) => percent(number, language) } },
    series: (['precision', 'recall'] as const).map((key, index) => ({
      type: 'line', name: t(`review.${key}`), data: curve.map((point) => point[key]?.value ?? null), itemStyle: { color: palette.series[index] },
    })),
  }), [curve, language, t]);
  const columns: TableColumnsType<MatchCurvePoint> = [
    { title: t('review.threshold'), key: 'threshold', align: 'end', render: (_, point) => <span className="num">{percent(point.threshold, language, point.threshold > 0.99 ? 1 : 0)}</span> },
    ...(['precision', 'recall'] as const).map((key) => ({
      title: t(`review.${key}`), key, align: 'end' as const,
      render: (_: unknown, point: MatchCurvePoint) => {
        const share = point[key];
        if (!share) return '–';
        return <span className="num">{percent(share.value, language, 1)} <span className="muted small">{t('review.interval', { low: percent(share.low ?? 0, language), high: percent(share.high ?? 1, language), n: exact(share.n, language) })}</span></span>;
      },
    })),
  ];
  return (
    <Collapse
      ghost style={{ marginTop: 14 }}
      items={[{
        key: 'curve', label: t('review.curve'),
        children: (
          <Panel>
            <p className="muted" style={{ marginTop: 0 }}>{t('review.curve_text')}</p>
            <Chart option={option} height={280} label={t('review.curve')} points={curve.length} />
            <Table<MatchCurvePoint> rowKey="threshold" size="small" style={{ marginTop: 14 }} columns={columns} dataSource={curve} pagination={false} scroll={{ x: 'max-content' }} />
          </Panel>
        ),
      }]}
    />
  );
}

export function Learned({ model }: { model: MatchModel }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const rows: Row[] = model.comparisons.flatMap((one) => one.levels.map((level, index) => (
    { ...level, key: `${one.column} ${level.level}`, column: one.column, first: index === 0 ? one.levels.length : 0 })));
  const columns: TableColumnsType<Row> = [
    { title: t('review.field'), key: 'column', onCell: (row) => ({ rowSpan: row.first }), render: (_, row) => t(`match_column.${row.column}`, { defaultValue: row.column }) },
    { title: t('review.agreement'), key: 'level', render: (_, row) => t(`match_level.${row.level}`, { defaultValue: row.level }) },
    { title: <span title={t('review.m_text')}>{t('review.m')}</span>, key: 'm', align: 'end', render: (_, row) => <span className="num">{percent(row.m, language, 2)}</span> },
    { title: <span title={t('review.u_text')}>{t('review.u')}</span>, key: 'u', align: 'end', render: (_, row) => <span className="num">{percent(row.u, language, 3)}</span> },
    { title: t('review.weight'), key: 'weight', align: 'end', render: (_, row) => <WeightBar weight={row.weight} /> },
  ];
  const rules: TableColumnsType<MatchRule> = [
    { title: t('review.rule'), key: 'rule', render: (_, rule) => <span className="mono">{rule.rule}</span> },
    { title: t('review.compared'), key: 'pairs', align: 'end', render: (_, rule) => <span className="num">{exact(rule.pairs, language)}</span> },
  ];
  return (
    <Collapse
      ghost style={{ marginTop: 14 }}
      items={[{
        key: 'model', label: t('review.learned'),
        children: (
          <Panel>
            <p className="muted" style={{ marginTop: 0 }}>{t('review.learned_text', { review: percent(model.review_at, language), merge: percent(model.merge_at, language) })}</p>
            <Table<Row> size="small" columns={columns} dataSource={rows} pagination={false} scroll={{ x: 'max-content' }} />
            <Table<MatchRule> rowKey="rule" size="small" style={{ marginTop: 14 }} columns={rules} dataSource={model.rules} pagination={false} scroll={{ x: 'max-content' }} />
          </Panel>
        ),
      }]}
    />
  );
}
