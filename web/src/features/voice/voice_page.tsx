// How satisfied are customers, where, and why in their own words?
import { CommentOutlined } from '@ant-design/icons';
import { Segmented } from 'antd';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useGetVoiceScores, type VoiceScores } from '../../api/generated';
import { Trend, TrendExport, useTrendHandle } from '../../charts/trend';
import { DividedBy, isSegment, segmentCondition } from '../../components/divided_by';
import { DrillNumber } from '../../components/drill_number';
import { IntervalGroups } from '../../components/interval_groups';
import { Load } from '../../components/load';
import { Page, Panel } from '../../components/page';
import { Teach } from '../../components/teach';
import { coarserGrain } from '../../format/grain';
import { pointRange } from '../../format/range';
import { exact, metricValue } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useNames } from '../../state/catalogue';
import { useDrill } from '../../state/drill';
import { useAddress } from '../../state/address';
import { useScope } from '../../state/filters';
import { useMay } from '../../state/session';
import { Distribution } from './distribution';
import { Verbatims } from './verbatims';

const kInstruments = ['nps', 'csat', 'ces', 'review'];
const kBy = ['touchpoint', 'channel', 'stage', 'unit'] as const;

function Numbers({ scores, write }: { scores: VoiceScores; write: (value: number) => string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { open } = useDrill();
  const interval = scores.enough && scores.low !== null && scores.high !== null ? t('metric.interval', { low: write(scores.low), high: write(scores.high) }) : '\u00a0';
  const title = t(`instrument.${scores.instrument}`, { defaultValue: scores.instrument.toUpperCase() });
  return (
    <div className="grid three">
      <div className="stat">
        <div className="top">{title} · {t(`voice.measure_${scores.measure}`)}</div>
        {scores.value !== null && scores.enough ? <DrillNumber className="value" behind="events" count={scores.n} to={{ title, instrument: scores.instrument, why: 'index', shown: write(scores.value) }}>{write(scores.value)}</DrillNumber> : <span className="value weak">{t('metric.not_enough', { n: scores.n })}</span>}
        <div className="meta">{interval}</div>
      </div>
      <div className="stat">
        <div className="top">{t('voice.mean')}</div>
        {scores.mean === null ? <span className="value">–</span> : <DrillNumber className="value" behind="events" count={scores.n} to={{ title, instrument: scores.instrument, why: 'mean', shown: exact(scores.mean, language, 2) }}>{exact(scores.mean, language, 2)}</DrillNumber>}
        <div className="meta">{t('voice.scale', { min: scores.scale_min, max: scores.scale_max })}</div>
      </div>
      <div className="stat">
        <div className="top">{t('voice.answers_count')}</div>
        <DrillNumber className="value" behind="events" count={scores.n} to={{ title, instrument: scores.instrument }}>{exact(scores.n, language)}</DrillNumber>
        <div className="meta"><button type="button" className="link" onClick={() => open({ title, instrument: scores.instrument })}>{t('voice.show_answers')}</button></div>
      </div>
    </div>
  );
}

/** The events of a group. */
function groupOf(by: string, group: string) {
  if (!isSegment(by)) return { [by === 'unit' ? 'units' : by]: group };
  const where = segmentCondition(by, group);
  return where === undefined ? {} : { where };
}

function Scores({ scores, by, setBy }: { scores: VoiceScores; by: string; setBy: (by: string) => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const names = useNames();
  const { open } = useDrill();
  const { zone } = useScope();
  const { chart, handle } = useTrendHandle();
  const { instrument, measure, grain } = scores;
  const write = useCallback((value: number) => metricValue(value, { nps: 'points', share: 'share', mean: 'score' }[measure], language), [measure, language]);
  const name = t(`instrument.${instrument}`, { defaultValue: instrument.toUpperCase() });
  const bounds = useMemo(() => ({ nps: [-100, 100], share: [0, 1], mean: [scores.scale_min, scores.scale_max] } as const)[measure], [measure, scores.scale_min, scores.scale_max]);
  const known = kBy.find((value) => value === by);
  const named = (key: string) => (known ? names[known](key) : key);
  const onPoint = useCallback((point: { at: string }) => open({ title: name, instrument, why: 'index', ...pointRange(point.at, grain, zone) }), [open, name, instrument, grain, zone]);
  return (
    <>
      <Numbers scores={scores} write={write} />
      <div className="grid two section">
        <Panel title={t('voice.over_time')} note={t('voice.band')} tools={<TrendExport name={instrument} series={scores.series} chart={chart} />}>
          <Trend name={name} series={scores.series} grain={grain} zone={zone} write={write} onPoint={onPoint} handle={handle} height={380} bounds={bounds} />
        </Panel>
        <Panel title={t('voice.distribution')}>
          <Distribution scores={scores} onPick={(low, high, title) => open({ title: `${name} · ${title}`, instrument, score_min: String(low), score_max: String(high) })} />
        </Panel>
      </div>
      <div className="section">
        <Panel title={t('voice.by_group')} note={t('voice.by_group_note')}
          tools={<DividedBy by={by} columns={kBy} onChange={setBy} />}>
          <IntervalGroups groups={scores.groups} overall={scores.value} direction={instrument === 'ces' ? 'down' : 'up'} name={named} write={write} onPick={(group) => open({ title: `${name} · ${named(group)}`, instrument, why: 'index', ...groupOf(by, group) })} />
        </Panel>
      </div>
    </>
  );
}

export function VoicePage() {
  const { t } = useTranslation();
  const may = useMay();
  const { query, ready } = useScope();
  const [chosen, setInstrument] = useAddress('instrument', '');
  const [byText, setBy] = useAddress('by', 'touchpoint');
  const by = isSegment(byText) ? byText : kBy.find((value) => value === byText) ?? 'touchpoint';
  const first = useGetVoiceScores({ instrument: 'nps', ...query, by }, { enabled: ready && chosen === '', keep: true });
  const busiest = first.data?.n === 0 ? first.data.instruments.toSorted((a, b) => b.answers - a.answers)[0]?.instrument : undefined;
  const instrument = chosen || busiest || 'nps';
  const scores = useGetVoiceScores({ instrument, ...query, by }, { enabled: ready && (chosen !== '' || first.isSuccess), keep: true });
  const longer = scores.data && coarserGrain(scores.data.series, scores.data.n, scores.data.grain);
  const coarse = useGetVoiceScores({ instrument, ...query, by, ...(longer && { grain: longer }) }, { enabled: ready && longer !== undefined, keep: true });
  const available = scores.data?.instruments.map((item) => item.instrument) ?? [];
  const options = [...new Set([...kInstruments.filter((key) => available.includes(key)), ...available, instrument])];
  return (
    <Page title={t('nav.voice')} answers={t('voice.answers')} actions={options.length > 0 && (
      <Segmented value={instrument} onChange={setInstrument} options={options.map((value) => ({ value, label: t(`instrument.${value}`, { defaultValue: value.toUpperCase() }) }))} />
    )}>
      <Load query={scores} rows={12}>
        {(data) => (data.n === 0
          ? <Panel><Teach icon={<CommentOutlined />} title={t('voice.empty')} text={t('voice.empty_text')} /></Panel>
          : (
            <>
              <Scores scores={longer && coarse.data?.instrument === instrument ? coarse.data : data} by={by} setBy={setBy} />
              {may('view_customers') && <div className="section"><Verbatims key={instrument} instrument={instrument} /></div>}
            </>
          ))}
      </Load>
    </Page>
  );
}
