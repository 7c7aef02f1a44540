// The stages in order: how many get there, how long it takes, how satisfied they are.
import { FlagOutlined } from '@ant-design/icons';
import { Table, Tooltip, type TableColumnsType } from 'antd';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useGetStages, type StageRow } from '../../api/generated';
import { DrillNumber } from '../../components/drill_number';
import { Load } from '../../components/load';
import { useInstrument } from '../../components/score';
import { Panel } from '../../components/page';
import { Teach } from '../../components/teach';
import { duration, exact, metricValue, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { usePalette } from '../../state/appearance';
import { useNames } from '../../state/catalogue';
import { useDrill, type Why } from '../../state/drill';
import { useScope } from '../../state/filters';

/** NPS is in points, CSAT the share of its two best answers; the others are means on their own scale. */
export function satisfactionUnit(instrument: string): string {
  return { nps: 'points', csat: 'share' }[instrument] ?? 'score';
}

function Satisfaction({ row }: { row: StageRow }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const instrument = useInstrument();
  const stage = useNames().stage(row.stage);
  const answer = row.satisfaction;
  if (!answer || answer.value === null) return <span className="muted">–</span>;
  if (!answer.enough) return <DrillNumber behind="events" count={answer.n} className="small" to={{ title: stage, stage: row.stage, instrument: row.instrument }}>{t('metric.too_few', { n: answer.n })}</DrillNumber>;
  const write = (value: number) => metricValue(value, satisfactionUnit(row.instrument), language);
  return (
    <Tooltip title={answer.low !== null && answer.high !== null && t('metric.interval', { low: write(answer.low), high: write(answer.high) })}>
      <DrillNumber behind="events" count={answer.n} className="nowrap" to={{ title: `${stage} · ${instrument(row.instrument)}`, stage: row.stage, instrument: row.instrument, why: 'satisfaction', shown: write(answer.value) }}>
        <b>{write(answer.value)}</b> <span className="muted small">{instrument(row.instrument)} · {t('metric.n', { n: exact(answer.n, language) })}</span>
      </DrillNumber>
    </Tooltip>
  );
}

function useColumns(): TableColumnsType<StageRow> {
  const { t } = useTranslation();
  const language = useLanguage();
  const palette = usePalette();
  const names = useNames();
  const { open } = useDrill();
  const number = useCallback((row: StageRow, shown: string, why: Why) => (
    <DrillNumber behind="explained" className="nowrap" to={{ title: names.stage(row.stage), stage: row.stage, why, shown }}>{shown}</DrillNumber>
  ), [names]);
  return useMemo(() => [
    {
      title: t('journey.stage'), key: 'stage', fixed: 'start',
      render: (_, row) => <button type="button" className="link" onClick={() => open({ title: names.stage(row.stage), stage: row.stage })}><b>{row.position}. {names.stage(row.stage)}</b></button>,
    },
    {
      title: t('journey.reach'), key: 'reach', width: 240,
      render: (_, row) => (
        <div style={{ display: 'grid', gridTemplateColumns: '1fr 54px', gap: 8, alignItems: 'center', minWidth: 180 }}>
          <span className="bar-track"><span className="bar-fill" style={{ display: 'block', width: `${(row.reach ?? 0) * 100}%`, background: palette.accent }} /></span>
          {row.reach === null ? <span className="num">–</span> : number(row, percent(row.reach, language), 'journeys')}
        </div>
      ),
    },
    { title: t('journey.journeys'), key: 'journeys', align: 'end', render: (_, row) => number(row, exact(row.journeys, language), 'journeys') },
    { title: t('journey.customers'), key: 'customers', align: 'end', render: (_, row) => <DrillNumber behind="customers" count={row.customers} to={{ title: names.stage(row.stage), stage: row.stage, why: 'customers', shown: exact(row.customers, language) }}>{exact(row.customers, language)}</DrillNumber> },
    { title: t('journey.events'), key: 'events', align: 'end', render: (_, row) => <DrillNumber behind="events" count={row.events} to={{ title: names.stage(row.stage), stage: row.stage }}>{exact(row.events, language)}</DrillNumber> },
    { title: t('journey.wait_median'), key: 'wait', align: 'end', render: (_, row) => row.wait_median_ms === null ? <span className="num">–</span> : number(row, duration(row.wait_median_ms, language), 'wait') },
    { title: t('journey.wait_p90'), key: 'wait90', align: 'end', render: (_, row) => row.wait_p90_ms === null ? <span className="num">–</span> : number(row, duration(row.wait_p90_ms, language), 'wait') },
    { title: t('journey.satisfaction'), key: 'satisfaction', render: (_, row) => <Satisfaction row={row} /> },
  ], [t, language, palette, names, open, number]);
}

export function StageTable() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { query, ready } = useScope();
  const stages = useGetStages(query, { enabled: ready, keep: true });
  const columns = useColumns();
  return (
    <Panel title={t('journey.stages')} note={stages.data && t('journey.of_journeys', { count: stages.data.journeys, shown: exact(stages.data.journeys, language) })}>
      <Load query={stages}>
        {(data) => (data.stages.length === 0
          ? <Teach icon={<FlagOutlined />} title={t('journey.empty')} text={t('journey.empty_text')} />
          : <Table<StageRow> rowKey="stage" size="middle" columns={columns} dataSource={data.stages} pagination={false} scroll={{ x: 'max-content' }} />)}
      </Load>
    </Panel>
  );
}
