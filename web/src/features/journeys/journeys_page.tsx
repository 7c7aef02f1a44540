// How do customers move through us, where do they wait, where do they leave?
import { NodeIndexOutlined } from '@ant-design/icons';
import { Segmented, Slider, Tabs } from 'antd';
import { useCallback, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useGetGraph, useGetPaths, type GetGraphParams, type GraphEdge } from '../../api/generated';
import { ExportMenu } from '../../charts/chart';
import { Load } from '../../components/load';
import { Page, Panel } from '../../components/page';
import { Teach } from '../../components/teach';
import { duration, exact } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useNames } from '../../state/catalogue';
import { useDrill } from '../../state/drill';
import { useScope } from '../../state/filters';
import { useView } from '../../state/view';
import { DesignTab } from './design_tab';
import { BlueprintTab } from './blueprint_tab';
import { CasesTab } from './cases_tab';
import { ExperienceTab } from './experience_tab';
import { FrictionTab } from './friction_tab';
import { FunnelTab } from './funnel_tab';
import { KindsTab } from './kinds_tab';
import { MapTab } from './map_tab';
import { ModelTab } from './model_tab';
import { PersonasTab } from './personas_tab';
import { PerformanceTab } from './performance_tab';
import { ProcessGraph } from './process_graph';
import { RedesignTab } from './redesign_tab';
import { SankeyPanel } from './sankey';
import { StageTable } from './stages';

type Level = NonNullable<GetGraphParams['level']>;
const kLevels: Level[] = ['stage', 'touchpoint', 'channel'];

function useLevelName(level: Level): (key: string) => string {
  const { t } = useTranslation();
  const names = useNames();
  return useCallback((key) => {
    if (key === 'start' || key === 'end' || key === 'other') return t(`journey.${key}`);
    return names[level](key);
  }, [t, names, level]);
}

/** The filter for a node: the ends of journeys and what is left over are no place of their own. */
const inside = (key: string, level: Level) => (key === 'start' || key === 'end' || key === 'other' ? {} : { [level]: key });

function LevelPicker({ level, setLevel }: { level: Level; setLevel: (level: Level) => void }) {
  const { t } = useTranslation();
  return <Segmented<Level> value={level} onChange={setLevel} options={kLevels.map((value) => ({ value, label: t(`by.${value}`) }))} />;
}

/** Moves at once, asks when the hand lets go. */
function DetailSlider({ label, value, min, max, onChange }: { label: string; value: number; min: number; max: number; onChange: (value: number) => void }) {
  const [moving, setMoving] = useState(value);
  return (
    <label className="slider-line">
      <span className="muted nowrap">{label}</span>
      <Slider min={min} max={max} value={moving} onChange={setMoving} onChangeComplete={onChange} ariaLabelForHandle={label} tooltip={{ open: false }} />
      <span className="num">{moving}</span>
    </label>
  );
}

function Empty() {
  const { t } = useTranslation();
  return <Teach icon={<NodeIndexOutlined />} title={t('journey.empty')} text={t('journey.empty_text')} />;
}

function PathsTab() {
  const { t } = useTranslation();
  const { query, ready } = useScope();
  const { open } = useDrill();
  const [level, setLevel] = useState<Level>('touchpoint');
  const [steps, setSteps] = useState(6);
  const [top, setTop] = useState(8);
  const name = useLevelName(level);
  const paths = useGetPaths({ ...query, level, steps, top }, { enabled: ready, keep: true });
  const controls: ReactNode = (
    <div className="filter-line" style={{ gap: '4px 24px' }}>
      <LevelPicker level={level} setLevel={setLevel} />
      <DetailSlider label={t('journey.steps')} value={steps} min={2} max={10} onChange={setSteps} />
      <DetailSlider label={t('journey.top')} value={top} min={2} max={20} onChange={setTop} />
    </div>
  );
  return (
    <Load query={paths} rows={10}>
      {(data) => (data.links.length === 0
        ? <Panel title={t('journey.paths')}>{controls}<Empty /></Panel>
        : <SankeyPanel paths={data} name={name} controls={controls} onPick={(key, shown) => open({ title: name(key), ...inside(key, level), why: 'step', shown })} onLink={(from, to, shown) => open({ title: `${name(from)} → ${name(to)}`, ...inside(to === 'end' || to === 'other' ? from : to, level), why: 'edge', shown })} />)}
    </Load>
  );
}

function GraphTab() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { query, ready } = useScope();
  const { open } = useDrill();
  const [level, setLevel] = useState<Level>('touchpoint');
  const [measure, setMeasure] = useState<'count' | 'time'>('count');
  const [nodes, setNodes] = useState(12);
  const [edges, setEdges] = useState(20);
  const name = useLevelName(level);
  const graph = useGetGraph({ ...query, level, nodes, edges }, { enabled: ready, keep: true });
  const data = graph.data;
  const pick = (node: { id: string; count: number }) => open({ title: name(node.id), ...inside(node.id, level), why: node.id === 'start' || node.id === 'end' ? 'journeys' : 'step', shown: exact(node.count, language) });
  const pickEdge = (edge: GraphEdge) => open({
    title: `${name(edge.from)} → ${name(edge.to)}`, ...inside(edge.to === 'end' ? edge.from : edge.to, level), why: 'edge',
    shown: [exact(edge.count, language), edge.median_ms !== null && duration(edge.median_ms, language)].filter(Boolean).join(' · '),
  });
  return (
    <Panel title={t('journey.graph')} note={data && t('journey.of_journeys', { count: data.journeys, shown: exact(data.journeys, language) })}
      tools={data && <ExportMenu name="graph" rows={() => data.edges.map((edge) => ({ from: edge.from, to: edge.to, count: edge.count, median_ms: edge.median_ms ?? '' }))}
        svg={() => {
          const svg = document.querySelector('[data-testid="process-graph"]')?.cloneNode(true) as SVGElement | undefined;
          const box = svg?.getAttribute('viewBox')?.split(' ');
          svg?.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
          svg?.setAttribute('width', box?.[2] ?? '1000');
          svg?.setAttribute('height', box?.[3] ?? '600');
          svg?.setAttribute('font-family', 'sans-serif');
          return svg?.outerHTML ?? null;
        }} />}>
      <div className="filter-line" style={{ gap: '4px 24px' }}>
        <LevelPicker level={level} setLevel={setLevel} />
        <Segmented<'count' | 'time'> value={measure} onChange={setMeasure} options={[{ value: 'count', label: t('journey.by_count') }, { value: 'time', label: t('journey.by_time') }]} />
        <DetailSlider label={t('journey.nodes')} value={nodes} min={3} max={40} onChange={setNodes} />
        <DetailSlider label={t('journey.edges')} value={edges} min={3} max={120} onChange={setEdges} />
      </div>
      <Load query={graph} rows={10}>
        {(found) => (found.edges.length === 0 ? <Empty />
          : <ProcessGraph graph={found} measure={measure} name={name} onNode={pick} onEdge={pickEdge} />)}
      </Load>
      <p className="muted small" style={{ margin: '8px 0 0' }}>{t('journey.graph_note')}</p>
    </Panel>
  );
}

export function JourneysPage() {
  const { t } = useTranslation();
  const [tab, choose] = useView('stages');
  return (
    <Page title={t('nav.journeys')} answers={t('journey.answers')}>
      <Tabs activeKey={tab} onChange={choose} destroyOnHidden items={[
        { key: 'stages', label: t('journey.stages'), children: <StageTable /> },
        { key: 'map', label: t('journey.map'), children: <MapTab /> },
        { key: 'cases', label: t('cases.tab'), children: <CasesTab /> },
        { key: 'blueprint', label: t('blueprint.title'), children: <BlueprintTab /> },
        { key: 'paths', label: t('journey.paths'), children: <PathsTab /> },
        { key: 'graph', label: t('journey.graph'), children: <GraphTab /> },
        { key: 'funnel', label: t('journey.funnel'), children: <FunnelTab /> },
        { key: 'friction', label: t('journey.friction'), children: <FrictionTab /> },
        { key: 'experience', label: t('cem.title'), children: <ExperienceTab /> },
        { key: 'performance', label: t('perf.title'), children: <PerformanceTab /> },
        { key: 'redesign', label: t('redesign.title'), children: <RedesignTab /> },
        { key: 'model', label: t('journey.model'), children: <ModelTab /> },
        { key: 'design', label: t('design.tab'), children: <DesignTab /> },
        { key: 'personas', label: t('persona.tab'), children: <PersonasTab /> },
        { key: 'kinds', label: t('kinds.tab'), children: <KindsTab /> },
      ]} />
    </Page>
  );
}
