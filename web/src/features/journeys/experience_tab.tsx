// The digital-experience score of business processes: what it is made of, how sure it is, and what has changed.
import { DashboardOutlined, SettingOutlined } from '@ant-design/icons';
import { Button, Select, Table, Tag } from 'antd';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useGetExperience, type ExperienceChange, type ExperienceFigure, type ExperiencePart, type ExperienceProcess } from '../../api/generated';
import { ExportMenu } from '../../charts/chart';
import { Formula } from '../../components/formula';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { Teach } from '../../components/teach';
import { Told } from '../../components/told';
import { exact } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { usePalette } from '../../state/appearance';
import { useNames } from '../../state/catalogue';
import { useScope } from '../../state/filters';
import { useMay } from '../../state/session';
import { ExperienceSettingsDrawer } from './experience_settings';
import { signedBy, span } from './experience_shape';

/** A value with its interval, or why there is none. */
function Value({ figure, digits, words }: { figure: ExperienceFigure; digits: number; words: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  if (figure.value === null) return <span className="muted small">{t(`cem.refused_${figure.refused}`)}</span>;
  const write = (value: number) => exact(value, language, digits);
  return (
    <Told words={`${words} ${t('cem.of', { n: exact(figure.n, language), customers: exact(figure.customers, language) })}`}>
      <button type="button" className="link num nowrap" data-drill="told"><b>{write(figure.value)}</b>{figure.low !== null && figure.high !== null && <span className="muted small"> [{write(figure.low)}, {write(figure.high)}]</span>}</button>
    </Told>
  );
}

function Difference({ changes, what, digits }: { changes: ExperienceChange[]; what: ExperienceChange['what']; digits: number }) {
  const { t } = useTranslation();
  const found = changes.find((one) => one.what === what);
  if (!found) return null;
  const lowIsGood = what === 'effort' || what === 'step_count' || what === 'load_seconds';
  const better = lowIsGood ? found.difference < 0 : found.difference > 0;
  const shown = signedBy(found.difference, digits);
  return (
    <Told words={t('cem.change_words', { other: found.other.toFixed(digits), low: signedBy(found.low, digits), high: signedBy(found.high, digits) })}>
      <button type="button" className="link num small" data-drill="told">{found.holds ? <Tag color={better ? 'green' : 'red'}>{shown}</Tag> : <span className="muted">{shown}</span>}</button>
    </Told>
  );
}

/** The score on a half circle: the value as an arc, the interval as a darker piece of it. */
function Gauge({ figure, label }: { figure: ExperienceFigure; label: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const palette = usePalette();
  const point = (value: number, radius: number) => {
    const angle = Math.PI * (1 - value / 100);
    return `${100 + radius * Math.cos(angle)} ${100 - radius * Math.sin(angle)}`;
  };
  const arc = (from: number, to: number, radius: number) => `M ${point(from, radius)} A ${radius} ${radius} 0 0 1 ${point(to, radius)}`;
  const { value, low, high } = figure;
  return (
    <svg xmlns="http://www.w3.org/2000/svg" data-testid="experience-gauge" viewBox="0 0 200 118" style={{ width: '100%', maxWidth: 260 }} role="img" aria-label={`${label}: ${value === null ? t(`cem.refused_${figure.refused}`) : exact(value, language, 1)}`}>
      <path d={arc(0, 100, 80)} fill="none" stroke={palette.border} strokeWidth="16" />
      {value !== null && <path d={arc(0, value, 80)} fill="none" stroke={palette.accent} strokeWidth="16" />}
      {low !== null && high !== null && <path d={arc(low, high, 93)} fill="none" stroke={palette.text} strokeWidth="3" />}
      <text x="100" y="92" textAnchor="middle" fontSize={value === null ? 13 : 34} fontWeight="600" fill={palette.text}>{value === null ? '–' : exact(value, language, 1)}</text>
      {low !== null && high !== null && <text x="100" y="112" textAnchor="middle" fontSize="12" fill={palette.textSecondary}>{exact(low, language, 1)} – {exact(high, language, 1)}</text>}
    </svg>
  );
}

function Bar({ part, colour }: { part: ExperiencePart; colour: string }) {
  const { value, low, high } = part.figure;
  if (value === null) return <span className="bar-track" style={{ opacity: 0.4 }} />;
  const whisker = span(low, high);
  return (
    <span className="bar-track" style={{ position: 'relative', overflow: 'visible', display: 'block', minWidth: 60 }}>
      <span className="bar-fill" style={{ display: 'block', width: `${value}%`, background: colour, opacity: 0.8 }} />
      {whisker && <span style={{ position: 'absolute', insetInlineStart: `${whisker.from}%`, width: `${whisker.width}%`, top: -3, height: 16, borderInline: '2px solid var(--text)', background: 'linear-gradient(var(--text), var(--text)) center / 100% 2px no-repeat' }} />}
    </span>
  );
}

function Parts({ process }: { process: ExperienceProcess }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const palette = usePalette();
  return (
    <div style={{ display: 'grid', gridTemplateColumns: 'minmax(84px, auto) minmax(60px, 1fr) auto auto', gap: '10px 12px', alignItems: 'center' }} data-testid="experience-parts">
      {process.found.parts.map((part, at) => [
        <span key={part.part}>{t(`cem.part_${part.part}`)} <Formula name={t(`cem.part_${part.part}`)} text={t(`cem.part_words_${part.part}`)} /><span className="muted small" style={{ display: 'block' }}>{t('cem.weight', { share: exact(part.weight, language, part.weight % 1 === 0 ? 0 : 1) })}</span></span>,
        <Bar key={`${part.part}:bar`} part={part} colour={palette.series[at % palette.series.length] ?? palette.accent} />,
        <Value key={`${part.part}:value`} figure={part.figure} digits={1} words={t('cem.counts', { share: exact(part.counts, language, 1) })} />,
        <span key={`${part.part}:change`}><Difference changes={process.changes} what={part.part} digits={1} /></span>,
      ])}
    </div>
  );
}

function Effort({ process }: { process: ExperienceProcess }) {
  const { t } = useTranslation();
  const rows: { what: 'effort' | 'step_count' | 'load_seconds'; figure: ExperienceFigure }[] = [
    { what: 'effort', figure: process.found.effort }, { what: 'step_count', figure: process.found.step_count }, { what: 'load_seconds', figure: process.found.load_seconds }];
  return (
    <div style={{ display: 'grid', gridTemplateColumns: 'auto auto auto', gap: '6px 16px', justifyContent: 'start', alignItems: 'center', marginTop: 16 }} data-testid="experience-effort">
      {rows.map(({ what, figure }) => [
        <span key={what} className="muted">{t(`cem.measure_${what}`)}</span>,
        <Value key={`${what}:value`} figure={figure} digits={2} words={t(`cem.measure_words_${what}`)} />,
        <span key={`${what}:change`}><Difference changes={process.changes} what={what} digits={2} /></span>,
      ])}
    </div>
  );
}

function Channels({ process }: { process: ExperienceProcess }) {
  const { t } = useTranslation();
  const names = useNames();
  const language = useLanguage();
  if (process.found.channels.length < 2) return null;
  const part = (row: ExperienceProcess['found']['channels'][number], at: number): ReactNode => {
    const figure = row.parts[at]?.figure;
    return figure ? <Value figure={figure} digits={1} words={t(`cem.part_${row.parts[at]!.part}`)} /> : null;
  };
  return (
    <>
      <h3 className="section">{t('cem.by_channel')}</h3>
      <Table size="small" pagination={false} scroll={{ x: 'max-content' }} rowKey="channel" dataSource={process.found.channels} data-testid="experience-channels" columns={[
        { title: t('by.channel'), key: 'channel', render: (_, row) => (row.channel ? names.channel(row.channel) : t('cem.several_channels')) },
        { title: t('cem.cases'), key: 'cases', align: 'end', render: (_, row) => <span className="num">{exact(row.cases, language)}</span> },
        { title: t('cem.score'), key: 'score', align: 'end', render: (_, row) => <Value figure={row.score} digits={1} words={t('cem.stands_on', { share: exact(row.weight, language) })} /> },
        ...process.found.parts.map((one, at) => ({ title: t(`cem.part_${one.part}`), key: one.part, align: 'end' as const, render: (_: unknown, row: ExperienceProcess['found']['channels'][number]) => part(row, at) })),
      ]} />
    </>
  );
}

function Process({ process }: { process: ExperienceProcess }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { found } = process;
  if (found.cases === 0) return <Teach icon={<DashboardOutlined />} title={t('cem.empty')} text={t('cem.empty_text')} />;
  return (
    <>
      <div style={{ display: 'flex', flexWrap: 'wrap', gap: 24 }}>
        <div style={{ flex: '0 1 260px', margin: '0 auto', textAlign: 'center' }}>
          <Gauge figure={found.score} label={t('cem.score')} />
          <div><Difference changes={process.changes} what="score" digits={1} /></div>
          {found.score.value === null && <div className="muted">{t(`cem.refused_${found.score.refused}`)}</div>}
          <p className="muted small" style={{ margin: '4px 0 0' }}>{t('cem.stands_on', { share: exact(found.weight, language) })}</p>
          <p className="muted small" style={{ margin: '4px 0 0' }}>{t('cem.basis', { cases: exact(found.cases, language), customers: exact(found.customers, language), complete: exact(found.complete, language) })}</p>
          {found.shortest !== null && <p className="muted small" style={{ margin: '4px 0 0' }}>{t('cem.shortest', { count: found.shortest })}</p>}
        </div>
        <div style={{ flex: '1 1 320px', minWidth: 0 }}><Parts process={process} /><Effort process={process} /></div>
      </div>
      <Channels process={process} />
    </>
  );
}

export function ExperienceTab() {
  const { t } = useTranslation();
  const language = useLanguage();
  const may = useMay();
  const { query, ready } = useScope();
  const [kind, setKind] = useState<string>();
  const [compare, setCompare] = useState('none');
  const [editing, setEditing] = useState(false);
  const answer = useGetExperience({ ...query, ...(compare !== 'none' && { compare }) }, { enabled: ready, keep: true });
  const items = answer.data?.items ?? [];
  const shown = items.find((one) => one.definition === kind) ?? items.find((one) => one.found.cases > 0) ?? items[0];
  const name = (one: ExperienceProcess) => (language === 'zh' ? one.name_zh || one.name_en : one.name_en || one.name_zh);
  return (
    <Panel title={<>{t('cem.title')} <Formula name={t('cem.title')} text={t('cem.words')} source="Särndal, Swensson & Wretman 1992" /></>}
      tools={(
        <>
          {may('manage_data') && <Button icon={<SettingOutlined />} onClick={() => setEditing(true)}>{t('cem.settings')}</Button>}{' '}
          {shown && <ExportMenu name="experience" svg={() => document.querySelector('[data-testid="experience-gauge"]')?.outerHTML ?? null} rows={() => shown.found.parts.map((part) => ({ process: shown.definition, part: part.part, value: part.figure.value ?? '', low: part.figure.low ?? '', high: part.figure.high ?? '', n: part.figure.n, customers: part.figure.customers, weight: part.weight, counts: part.counts, refused: part.figure.refused }))} />}
        </>
      )}>
      <div className="filter-line" style={{ gap: '4px 24px' }}>
        <Select style={{ minWidth: 200 }} value={shown?.definition ?? null} aria-label={t('journey.definition')} onChange={setKind}
          options={items.map((one) => ({ value: one.definition, label: one.found.score.value === null ? name(one) : `${name(one)} · ${exact(one.found.score.value, language, 1)}` }))} />
        <Select value={compare} style={{ minWidth: 170 }} aria-label={t('journey.map_compare')} onChange={setCompare} options={['none', 'previous', 'year'].map((value) => ({ value, label: t(`cem.compare_${value}`) }))} />
      </div>
      <Load query={answer} rows={10}>
        {() => (shown ? <Process process={shown} /> : <Teach icon={<DashboardOutlined />} title={t('cem.empty')} text={t('cem.empty_text')} />)}
      </Load>
      {editing && <ExperienceSettingsDrawer onClose={() => setEditing(false)} />}
    </Panel>
  );
}
