// Which of what was felt on the way goes with the judgement of the whole: peak and end, or the average.
import { FundOutlined } from '@ant-design/icons';
import { Table, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { useGetPeakEnd, type Estimated, type PeakEnd, type PeakEndModels } from '../../api/generated';
import { Formula } from '../../components/formula';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { useInstrument } from '../../components/score';
import { Teach } from '../../components/teach';
import { Told } from '../../components/told';
import { exact, moment, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { usePalette } from '../../state/appearance';
import { useNames } from '../../state/catalogue';
import { filterSearch, useScope } from '../../state/filters';
import { signed } from './map_shape';

function Estimate({ one, words }: { one: Estimated | null; words: string }) {
  if (!one || one.value === null) return <span className="muted">–</span>;
  return (
    <Told words={words}>
      <button type="button" className="link num" data-drill="told">{signed(one.value)}{one.low !== null && one.high !== null && <span className="muted small"> [{signed(one.low)}, {signed(one.high)}]</span>}</button>
    </Told>
  );
}

function Predictors({ models }: { models: PeakEndModels }) {
  const { t } = useTranslation();
  const palette = usePalette();
  const rows = [['peak_end', models.r2_peak_end], ['average', models.r2_average], ['peak', models.r2_peak], ['end', models.r2_end]] as const;
  return (
    <div style={{ display: 'grid', gridTemplateColumns: 'minmax(96px, auto) 1fr auto', gap: '4px 12px', alignItems: 'center', maxWidth: 640 }}>
      {rows.map(([key, one]) => [
        <span key={key}>{t(`journey.peak_by.${key}`)}</span>,
        <span key={`${key}:bar`} className="bar-track"><span className="bar-fill" style={{ display: 'block', width: `${100 * (one.value ?? 0)}%`, background: palette.accent }} /></span>,
        <Estimate key={`${key}:value`} one={one} words={t('journey.peak_r2_words')} />,
      ])}
    </div>
  );
}

function Found({ data, models }: { data: PeakEnd; models: PeakEndModels }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const names = useNames();
  const instrument = useInstrument();
  const [params] = useSearchParams();
  const { zone } = useScope();
  return (
    <>
      <p style={{ margin: '0 0 8px' }}>
        <Tag color={models.better === 'undecided' ? 'default' : 'blue'}>{t(`journey.peak_better.${models.better}`)}</Tag>{' '}
        <Estimate one={models.difference} words={t('journey.peak_difference_words')} />
      </p>
      <Predictors models={models} />
      <p className="small" style={{ margin: '8px 0' }}>{t('journey.peak_weights', { instrument: instrument(data.instrument) })} <Estimate one={models.peak_weight} words={t('journey.peak_weight_words')} /> · <Estimate one={models.end_weight} words={t('journey.peak_weight_words')} /></p>
      <Table size="small" pagination={false} scroll={{ x: 'max-content' }} rowKey="stage" dataSource={data.stages} data-testid="peak-end-stages" columns={[
        { title: t('journey.stage'), key: 'stage', render: (_, row) => <b>{names.stage(row.stage)}</b> },
        { title: t('journey.peak_here'), key: 'peak', align: 'end', render: (_, row) => <span className="num">{percent(row.peak_share, language)}</span> },
        { title: t('journey.end_here'), key: 'end', align: 'end', render: (_, row) => <span className="num">{percent(row.end_share, language)}</span> },
        { title: t('journey.peak_gain'), key: 'gain', align: 'end', render: (_, row) => <Estimate one={row.gain} words={t('journey.peak_gain_words')} /> },
      ]} />
      {data.examples.length > 0 && (
        <Table size="small" style={{ marginTop: 12 }} pagination={false} scroll={{ x: 'max-content' }} rowKey={(row) => `${row.customer}:${row.began}`} dataSource={data.examples} columns={[
          { title: t('journey.peak_lowest'), key: 'customer', render: (_, row) => <Link className="mono" to={`/customers/${row.customer}${filterSearch(params)}`}>{row.customer}</Link> },
          { title: t('journey.struck_at'), key: 'began', render: (_, row) => <span className="num">{moment(row.began, language, zone)}</span> },
          { title: t('journey.peak_by.peak'), key: 'peak', align: 'end', render: (_, row) => <span className="num">{signed(row.peak)}</span> },
          { title: t('journey.peak_by.end'), key: 'end', align: 'end', render: (_, row) => <span className="num">{signed(row.end)}</span> },
          { title: instrument(data.instrument), key: 'overall', align: 'end', render: (_, row) => <span className="num">{exact(row.overall, language, 1)}</span> },
        ]} />
      )}
    </>
  );
}

export function PeakEndPanel({ definition }: { definition: string | undefined }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { query, ready } = useScope();
  const report = useGetPeakEnd({ ...query, ...(definition && { definition }) }, { enabled: ready, keep: true });
  const data = report.data;
  return (
    <Panel title={<>{t('journey.peak_end')} <Formula name={t('journey.peak_end')} text={t('journey.peak_end_words')} source="Kahneman, Fredrickson, Schreiber & Redelmeier 1993; Fredrickson & Kahneman 1993" /></>}
      note={data && t('journey.peak_of', { count: data.used, shown: exact(data.used, language), answered: exact(data.answered, language) })}>
      <Load query={report} rows={5}>
        {(found) => (found.models
          ? <Found data={found} models={found.models} />
          : <Teach icon={<FundOutlined />} title={t('journey.peak_refused')} text={t(`journey.peak_refused_text.${found.refused || 'too_few'}`, { used: found.used, journeys: found.needed_journeys, customers: found.needed_customers })} />)}
      </Load>
    </Panel>
  );
}
