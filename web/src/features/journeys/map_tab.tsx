// The journey map: stages side by side, what happens in each, how it feels, and what goes wrong.
import { DownloadOutlined, HeatMapOutlined, PrinterOutlined, StarFilled } from '@ant-design/icons';
import { Button, Input, Segmented, Select, Tag } from 'antd';
import { createContext, use, useState, type ComponentProps, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { useGetJourneyMap, type Friction, type JourneyMap, type MapDifference, type MapFigure, type MapStage } from '../../api/generated';
import { useInstrument } from '../../components/score';
import { DrillNumber as OpenNumber } from '../../components/drill_number';
import { Formula } from '../../components/formula';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { Teach } from '../../components/teach';
import { Told } from '../../components/told';
import { duration, exact, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { usePalette } from '../../state/appearance';
import { useNames } from '../../state/catalogue';
import type { Why } from '../../state/drill';
import { filterSearch, useFilters, useScope } from '../../state/filters';
import { Affected, DefinitionPicker, usePlace } from './friction_tab';
import { curveHeight, curveLevel, signed } from './map_shape';
import { PeakEndPanel } from './peak_end_panel';
import { PersonaCard } from './persona_card';
import { personaCondition, usePersonas } from './personas';

const kPlaces = 6, kPains = 4;

type Drawn = Pick<JourneyMap, 'stages' | 'differences'>;

/** Within the map that is compared with: its numbers open nothing, because the filters are those of the other one. */
const Still = createContext(false);

function DrillNumber(props: ComponentProps<typeof OpenNumber>) {
  return use(Still) ? <span className="num">{props.children}</span> : <OpenNumber {...props} />;
}

/** A figure with its interval, or why there is none. */
function Figure({ figure, write, words, children }: { figure: MapFigure; write: (value: number) => string; words: string; children?: ReactNode }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const n = exact(figure.n, language);
  if (figure.value === null) return <span className="muted small">{t('metric.too_few', { n })}</span>;
  const interval = figure.low !== null && figure.high !== null ? t('metric.interval', { low: write(figure.low), high: write(figure.high) }) : '';
  return (
    <Told words={`${words} ${interval} ${t('metric.n', { n })}`}>
      <button type="button" className="link num" data-drill="told"><b>{write(figure.value)}</b>{children}</button>
    </Told>
  );
}

function Change({ data, stage, measure, write }: { data: Drawn; stage: string; measure: MapDifference['measure']; write: (value: number) => string }) {
  const { t } = useTranslation();
  const found = data.differences.find((one) => one.stage === stage && one.measure === measure);
  if (!found) return null;
  const sign = (value: number) => `${value < 0 ? '−' : '+'}${write(Math.abs(value))}`;
  return (
    <Told words={t('journey.map_difference_words', { other: write(found.other), low: sign(found.low), high: sign(found.high) })}>
      <button type="button" className="link num small" data-drill="told">{found.holds ? <Tag color="blue">{sign(found.difference)}</Tag> : <span className="muted">{sign(found.difference)}</span>}</button>
    </Told>
  );
}

function Channels({ stage }: { stage: MapStage }) {
  const language = useLanguage();
  const palette = usePalette();
  const names = useNames();
  const whole = Math.max(1, stage.channels.reduce((sum, one) => sum + one.events, 0));
  const colour = (at: number) => palette.series[at % palette.series.length];
  return (
    <>
      <div style={{ display: 'flex', height: 8, borderRadius: 4, overflow: 'hidden', marginBottom: 4 }} aria-hidden>
        {stage.channels.map((one, at) => <span key={one.key} style={{ width: `${(100 * one.events) / whole}%`, background: colour(at) }} />)}
      </div>
      {stage.channels.slice(0, 3).map((one, at) => (
        <div key={one.key} className="small"><span aria-hidden style={{ color: colour(at) }}>●</span> {names.channel(one.key)}{' '}
          <DrillNumber behind="explained" to={{ title: `${names.stage(stage.stage)} · ${names.channel(one.key)}`, stage: stage.stage, channel: one.key, why: 'step', shown: exact(one.events, language) }}>{percent(one.events / whole, language)}</DrillNumber>
        </div>
      ))}
    </>
  );
}

function Places({ stage }: { stage: MapStage }) {
  const language = useLanguage();
  const names = useNames();
  return (
    <>
      {stage.touchpoints.slice(0, kPlaces).map((one) => (
        <div key={one.key} className="small">
          {stage.moments.includes(one.key) && <StarFilled style={{ color: '#b7791f' }} />} {names.touchpoint(one.key)}{' '}
          <DrillNumber behind="explained" to={{ title: names.touchpoint(one.key), stage: stage.stage, touchpoint: one.key, why: 'step', shown: exact(one.events, language) }}>{exact(one.events, language)}</DrillNumber>
        </div>
      ))}
    </>
  );
}

function Pains({ stage, open }: { stage: MapStage; open: (one: Friction) => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const place = usePlace();
  const still = use(Still);
  if (stage.pains.length === 0) return <span className="muted small">{t('journey.map_no_pain')}</span>;
  return (
    <>
      {stage.pains.slice(0, kPains).map((one) => {
        const friction: Friction = { ...one, value: null, loss: null, holds: false, harm: null, examples: [] };
        return (
          <div key={`${one.detector}:${one.place}:${one.other}`} className="small" style={{ marginBottom: 4 }}>
            <b>{t(`journey.detector.${one.detector}`)}</b>{' '}
            {still ? <span className="num">{exact(one.journeys, language)}</span> : <button type="button" className="link num" onClick={() => open(friction)}>{exact(one.journeys, language)}</button>}
            {one.share.value !== null && <span className="muted"> {percent(one.share.value, language)}</span>} {one.moment && <Tag color="gold">{t('journey.moment')}</Tag>}
            <div className="muted">{place(friction)}</div>
          </div>
        );
      })}
    </>
  );
}

function Said({ stage }: { stage: MapStage }) {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const palette = usePalette();
  if (stage.verbatims.length === 0) return <span className="muted small">{t('journey.map_nothing_said')}</span>;
  return (
    <>
      {[...stage.verbatims.filter((one) => one.sentiment === 'negative').slice(0, 2), ...stage.verbatims.filter((one) => one.sentiment !== 'negative').slice(0, 1)].map((one) => (
        <blockquote key={one.event_id} className="small" style={{ margin: '0 0 6px', paddingInlineStart: 8, borderInlineStart: `3px solid ${one.sentiment === 'negative' ? palette.bad : palette.good}`, overflowWrap: 'anywhere' }}>
          {one.text.length > 120 ? `${one.text.slice(0, 120)}…` : one.text} <Link className="muted" to={`/customers/${one.customer_id}${filterSearch(params)}`}>{one.customer || t('customer.unnamed')}</Link>
        </blockquote>
      ))}
    </>
  );
}

/** One picture behind all stages: points, their intervals, and the line from stage to stage. */
function Curve({ stages }: { stages: MapStage[] }) {
  const { t } = useTranslation();
  const names = useNames();
  const palette = usePalette();
  const x = (at: number) => `${(100 * (at + 0.5)) / stages.length}%`;
  const points = stages.flatMap((stage, at) => {
    const level = stage.feelings[0]?.level;
    return level && level.value !== null ? [{ at, value: level.value, low: level.low, high: level.high, stage: stage.stage }] : [];
  });
  return (
    <svg width="100%" height={curveHeight} role="img" aria-label={t('journey.map_feeling')} style={{ display: 'block' }}>
      <line x1="0" x2="100%" y1={curveLevel(0)} y2={curveLevel(0)} stroke={palette.border} strokeDasharray="3 4" />
      {points.slice(1).map((point, after) => {
        const before = points[after];
        return before && <line key={point.at} x1={x(before.at)} y1={curveLevel(before.value)} x2={x(point.at)} y2={curveLevel(point.value)} stroke={palette.textSecondary} strokeWidth="1.5" />;
      })}
      {points.map((point) => (
        <g key={point.at} stroke={point.value < 0 ? palette.bad : palette.good} fill={point.value < 0 ? palette.bad : palette.good}>
          <title>{`${names.stage(point.stage)}: ${signed(point.value)}`}</title>
          {point.low !== null && point.high !== null && <line x1={x(point.at)} x2={x(point.at)} y1={curveLevel(point.low)} y2={curveLevel(point.high)} strokeWidth="2" />}
          <circle cx={x(point.at)} cy={curveLevel(point.value)} r="5" />
        </g>
      ))}
    </svg>
  );
}

function Feeling({ stage, data }: { stage: MapStage; data: Drawn }) {
  const { t } = useTranslation();
  const instrument = useInstrument();
  const [all, ...sources] = stage.feelings;
  if (!all) return <span className="muted small">{t('journey.map_nothing_said')}</span>;
  return (
    <>
      <Figure figure={all.level} write={signed} words={t('journey.map_feeling_words')} /> <Change data={data} stage={stage.stage} measure="feeling" write={signed} />
      {sources.map((one) => (
        <div key={one.source} className="small">
          <span className="muted">{one.source === 'comment' ? t('journey.map_comments') : instrument(one.source)}</span>{' '}
          <Figure figure={one.level} write={signed} words={t('journey.map_source_words', { below: one.below, above: one.above, marks: one.marks })} />
        </div>
      ))}
      {stage.emotions.slice(0, 3).map((one) => <Tag key={one.label}>{t(`journey.emotion.${one.label.replace('emotion.', '')}`, { defaultValue: one.label.replace('emotion.', '') })} {one.n}</Tag>)}
    </>
  );
}

function Lanes({ data, open }: { data: Drawn; open: (one: Friction) => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const names = useNames();
  const time = (ms: number) => duration(ms, language);
  const share = (value: number) => percent(value, language);
  const steps = (value: number) => exact(value, language, 1);
  const number = (stage: MapStage, value: number, why: Why) => <DrillNumber behind="explained" to={{ title: names.stage(stage.stage), stage: stage.stage, why, shown: exact(value, language) }}>{exact(value, language)}</DrillNumber>;
  const lanes: { key: string; cell: (stage: MapStage) => ReactNode }[] = [
    {
      key: 'volume', cell: (stage) => (
        <>
          <div><Figure figure={stage.reach} write={share} words={t('journey.map_reach_words')} /> <Change data={data} stage={stage.stage} measure="reach" write={share} /></div>
          <div className="small">{t('journey.journeys')} {number(stage, stage.journeys, 'journeys')}</div>
          <div className="small">{t('journey.customers')} {number(stage, stage.customers, 'customers')}</div>
          <div className="small">{t('journey.events')} {number(stage, stage.events, 'step')}</div>
          <div className="small">{t('journey.map_ended')} {number(stage, stage.ended, 'journeys')}</div>
        </>
      ),
    },
    { key: 'channels', cell: (stage) => <Channels stage={stage} /> },
    { key: 'touchpoints', cell: (stage) => <Places stage={stage} /> },
    {
      key: 'wait', cell: (stage) => (
        <>
          <div><Figure figure={stage.wait_ms} write={time} words={t('journey.map_wait_words')} /> <Change data={data} stage={stage.stage} measure="wait" write={time} /></div>
          {stage.wait_p90_ms.value !== null && <div className="small"><span className="muted">P90</span> <Figure figure={stage.wait_p90_ms} write={time} words={t('journey.map_wait_words')} /></div>}
        </>
      ),
    },
    {
      key: 'effort', cell: (stage) => (
        <>
          <div><Figure figure={stage.effort} write={steps} words={t('journey.map_effort_words')}> <span className="muted small">{t('journey.map_steps')}</span></Figure> <Change data={data} stage={stage.stage} measure="effort" write={steps} /></div>
          {stage.ces.n > 0 && <div className="small"><span className="muted">CES</span> <Figure figure={stage.ces} write={steps} words={t('journey.map_ces_words')} /></div>}
        </>
      ),
    },
    { key: 'feeling', cell: (stage) => <Feeling stage={stage} data={data} /> },
    { key: 'pains', cell: (stage) => <Pains stage={stage} open={open} /> },
    { key: 'said', cell: (stage) => <Said stage={stage} /> },
  ];
  const columns = `108px repeat(${data.stages.length}, minmax(var(--lane-least, 150px), 1fr))`;
  const head = { position: 'sticky', insetInlineStart: 0, background: 'var(--surface)', zIndex: 1, padding: '8px 8px 8px 0' } as const;
  const rule = { borderTop: '1px solid var(--border)' };
  return (
    <div className="map-scroll" style={{ overflowX: 'auto' }} data-testid="journey-map">
      <div className="map-lanes" style={{ display: 'grid', gridTemplateColumns: columns, minWidth: 108 + 150 * data.stages.length }}>
        <div style={head} />
        {data.stages.map((stage) => <div key={stage.stage} style={{ padding: 8 }}><b>{names.stage(stage.stage)}</b> {stage.moments.length > 0 && <StarFilled style={{ color: '#b7791f' }} title={t('journey.moment')} />}{stage.owner && <div className="muted small">{t('journey.map_owner', { owner: stage.owner })}</div>}</div>)}
        {lanes.map((lane) => [
          <div key={lane.key} className="muted small" style={{ ...head, ...rule }}>{t(`journey.map_lane.${lane.key}`)}</div>,
          lane.key === 'feeling' && <div key="curve" style={{ ...rule, gridColumn: `2 / ${data.stages.length + 2}` }}><Curve stages={data.stages} /></div>,
          lane.key === 'feeling' && <div key="under" style={head} />,
          ...data.stages.map((stage) => <div key={`${lane.key}:${stage.stage}`} style={{ padding: 8, ...(lane.key === 'feeling' ? {} : rule) }}>{lane.cell(stage)}</div>),
        ])}
      </div>
    </div>
  );
}

/** With nothing, a period, a persona, or the events of a condition. */
function ComparePicker({ compare, onChange }: { compare: string; onChange: (compare: string) => void }) {
  const { t } = useTranslation();
  const [kind, setKind] = useState('none');
  const { items, name } = usePersonas();
  const kinds = ['none', 'previous', 'year', ...(items.length > 0 ? ['persona'] : []), 'segment'];
  return (
    <>
      <Select value={kind} style={{ minWidth: 170 }} aria-label={t('journey.map_compare')} options={kinds.map((value) => ({ value, label: t(`journey.map_compare_with.${value}`) }))}
        onChange={(next: string) => { setKind(next); if (next !== 'segment') onChange(next === 'previous' || next === 'year' ? next : ''); }} />
      {kind === 'persona' && <Select style={{ minWidth: 170 }} popupMatchSelectWidth={false} value={items.find((one) => personaCondition(one.key) === compare)?.key ?? null} placeholder={t('persona.choose')} aria-label={t('persona.other')} options={items.map((one) => ({ value: one.key, label: name(one) }))} onChange={(key: string) => onChange(personaCondition(key))} />}
      {kind === 'segment' && <Input.Search style={{ maxWidth: 280 }} placeholder="channel = app" aria-label={t('journey.map_condition')} enterButton={t('journey.map_compare')} onSearch={onChange} />}
    </>
  );
}

/** Both maps, stage by stage in the same order: one that only the other has stays empty here. */
function SideBySide({ data, open }: { data: JourneyMap; open: (one: Friction) => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { filters } = useFilters();
  const { items, name } = usePersonas();
  const other = data.other;
  if (!other) return null;
  const chosen = items.find((one) => one.key === filters.persona);
  const beside = items.find((one) => personaCondition(one.key) === data.compare);
  const title = (words: string, journeys: number) => <h3 style={{ margin: '8px 0 0' }}>{words} <span className="muted small num">{t('journey.of_journeys', { count: journeys, shown: exact(journeys, language) })}</span></h3>;
  return (
    <div className="map-pair">
      <div>{title(chosen ? name(chosen) : t('journey.map_this'), data.journeys)}<Lanes data={data} open={open} /></div>
      <div>
        {title(data.compare === 'previous' || data.compare === 'year' ? t(`journey.map_compare_with.${data.compare}`) : beside ? name(beside) : data.compare, other.journeys)}
        {other.stages.length === 0 ? <p className="muted">{t('journey.empty')}</p> : <Still value><Lanes data={{ stages: other.stages, differences: [] }} open={open} /></Still>}
      </div>
    </div>
  );
}

export function MapTab() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { query, ready } = useScope();
  const [definition, setDefinition] = useState<string>();
  const [compare, setCompare] = useState('');
  const [shown, setShown] = useState<Friction>();
  const scope = { ...query, ...(definition && { definition }) };
  const map = useGetJourneyMap({ ...scope, ...(compare && { compare }) }, { enabled: ready, keep: true });
  const [beside, setBeside] = useState(false);
  const data = map.data;
  const picture = `/api/journeys/map/picture?${new URLSearchParams({ ...(scope as Record<string, string>), lang: language }).toString()}`;
  return (
    <div style={{ display: 'grid', gap: 16, gridTemplateColumns: 'minmax(0, 1fr)' }}>
      <PersonaCard />
      <Panel title={<>{t('journey.map')} <Formula name={t('journey.map')} text={t('journey.map_words')} source="Zou & Donner 2008" /></>}
        note={data && t('journey.of_journeys', { count: data.journeys, shown: exact(data.journeys, language) })}
        className="print-map"
        tools={(
          <>
            <Button icon={<PrinterOutlined />} disabled={!data || data.stages.length === 0} onClick={() => window.print()}>{t('journey.map_print')}</Button>
            <Button icon={<DownloadOutlined />} href={picture} download="journey-map.svg" disabled={!data || data.stages.length === 0}>SVG</Button>
          </>
        )}>
        <div className="filter-line" style={{ gap: '4px 24px' }}><DefinitionPicker value={definition} onChange={setDefinition} /><ComparePicker compare={compare} onChange={setCompare} />
          {data?.other && <Segmented<boolean> value={beside} onChange={setBeside} options={[{ value: false, label: t('journey.map_differences') }, { value: true, label: t('journey.map_beside') }]} />}
        </div>
        <Load query={map} rows={12}>
          {(found) => (found.stages.length === 0
            ? <Teach icon={<HeatMapOutlined />} title={t('journey.empty')} text={t('journey.empty_text')} />
            : beside && found.other ? <SideBySide data={found} open={setShown} /> : <Lanes data={found} open={setShown} />)}
        </Load>
        {data?.other && <p className="muted small" style={{ margin: '8px 0 0' }}>{t('journey.map_other', { count: data.other.journeys, shown: exact(data.other.journeys, language) })}</p>}
      </Panel>
      <PeakEndPanel definition={definition} />
      {shown && <Affected one={shown} definition={definition} close={() => setShown(undefined)} />}
    </div>
  );
}
