// The service blueprint of a kind of journey: five lanes over its steps, the lines between them, and live numbers.
import { ApartmentOutlined, DownloadOutlined, EditOutlined } from '@ant-design/icons';
import { Alert, App, Button, Select, Tag, Upload } from 'antd';
import { Fragment, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useInvalidate } from '../../api/client';
import { useGetBlueprint, useListJourneyDefinitions, useListMetrics, usePutBlueprint, type Blueprint, type BlueprintCell, type BlueprintChange, type BlueprintValue } from '../../api/generated';
import { Formula } from '../../components/formula';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { ProblemView } from '../../components/problem';
import { Teach } from '../../components/teach';
import { Told } from '../../components/told';
import { duration, exact, metricValue, percent, type Language } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useNames, type Names } from '../../state/catalogue';
import { useScope } from '../../state/filters';
import { useMay } from '../../state/session';
import { BlueprintCellDrawer } from './blueprint_cell';
import { bodyOf, cellAt, kLanes, withCell, type Lane } from './blueprint_shape';
import { signed } from './map_shape';

/** The line below a lane; the others have none. */
const kLines: Partial<Record<Lane, 'interaction' | 'visibility' | 'internal'>> = { customer: 'interaction', frontstage: 'visibility', backstage: 'internal' };

function write(value: number, of: BlueprintValue, language: Language): string {
  if (of.unit === 'ms') return duration(value, language);
  if (of.unit === 'steps') return exact(value, language, 1);
  if (of.unit === 'feeling') return signed(value);
  if (of.unit === 'share') return percent(value, language);
  return metricValue(value, of.unit, language, { currency: of.currency });
}

export function useBindingName(): (key: string) => string {
  const { t } = useTranslation();
  const language = useLanguage();
  const metrics = useListMetrics({ staleTime: 300_000 });
  return (key) => {
    if (key.startsWith('map.')) return t(`blueprint.figure_${key.slice(4)}`);
    const found = metrics.data?.items.find((one) => one.key === key);
    return found ? (language === 'zh' ? found.name_zh : found.name_en) : key;
  };
}

function Numbers({ cell, names }: { cell: BlueprintCell; names: Names }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const name = useBindingName();
  return (
    <>
      {cell.bindings.map((one, at) => {
        const value = cell.values[at];
        if (!value) return null;
        const where = [one.touchpoint && names.touchpoint(one.touchpoint), one.channel && names.channel(one.channel)].filter(Boolean).join(' · ');
        const interval = value.low !== null && value.high !== null ? t('metric.interval', { low: write(value.low, value, language), high: write(value.high, value, language) }) : '';
        return (
          <div key={`${one.key}:${one.touchpoint ?? ''}:${one.channel ?? ''}`} className="small">
            <span className="muted">{name(one.key)}{where && ` (${where})`}</span>{' '}
            {value.value === null ? <span className="muted">{t('metric.too_few', { n: exact(value.n, language) })}</span>
              : <Told words={`${name(one.key)}. ${interval} ${t('metric.n', { n: exact(value.n, language) })}`}><button type="button" className="link num" data-drill="told"><b>{write(value.value, value, language)}</b></button></Told>}
          </div>
        );
      })}
    </>
  );
}

function Cell({ data, lane, step, edit }: { data: Blueprint; lane: Lane; step: string; edit: (() => void) | undefined }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const names = useNames();
  const cell = cellAt(data, lane, step);
  const text = cell && (language === 'zh' ? cell.text_zh || cell.text_en : cell.text_en || cell.text_zh);
  return (
    <div style={{ padding: 8, minHeight: 72, background: 'var(--surface)', border: '1px solid var(--border)', borderRadius: 6, overflowWrap: 'anywhere', position: 'relative' }}>
      {edit && <button type="button" className="icon-button" style={{ position: 'absolute', insetInlineEnd: 2, top: 2 }} aria-label={t('blueprint.edit_cell', { lane: t(`blueprint.lane_${lane}`), step })} onClick={edit}><EditOutlined /></button>}
      <div style={{ paddingInlineEnd: edit ? 22 : 0 }}>{text || <span className="muted small">–</span>}</div>
      {cell?.owner && <Tag style={{ marginTop: 4 }}>{cell.owner}</Tag>}
      {cell && <Numbers cell={cell} names={names} />}
    </div>
  );
}

function Grid({ data, edit }: { data: Blueprint; edit: ((lane: Lane, step: string) => void) | undefined }) {
  const { t } = useTranslation();
  const names = useNames();
  const head = { position: 'sticky', insetInlineStart: 0, background: 'var(--surface)', zIndex: 1, padding: '8px 8px 8px 0' } as const;
  return (
    <div style={{ overflowX: 'auto' }} data-testid="blueprint">
      <div style={{ display: 'grid', gap: 6, gridTemplateColumns: `96px repeat(${data.steps.length}, minmax(170px, 1fr))`, minWidth: 96 + 176 * data.steps.length }}>
        <div style={head} />
        {data.steps.map((step) => <b key={step.key} style={{ padding: 8 }}>{step.is === 'stage' ? names.stage(step.key) : names.touchpoint(step.key)}</b>)}
        {kLanes.map((lane) => (
          <Fragment key={lane}>
            <div className="small" style={head}><b>{t(`blueprint.lane_${lane}`)}</b></div>
            {data.steps.map((step) => <Cell key={step.key} data={data} lane={lane} step={step.key} edit={edit && (() => edit(lane, step.key))} />)}
            {kLines[lane] && <div role="separator" className="muted small" style={{ gridColumn: '1 / -1', borderTop: kLines[lane] === 'interaction' ? '2px solid var(--text)' : '2px dashed var(--text)', paddingTop: 2 }}>{t(`blueprint.line_${kLines[lane]}`)}</div>}
          </Fragment>
        ))}
      </div>
    </div>
  );
}

/** Which steps there are: stages and touchpoints, in order. */
function Steps({ data, save }: { data: Blueprint; save: (body: BlueprintChange) => void }) {
  const { t } = useTranslation();
  const names = useNames();
  const options = [
    { label: t('by.stage'), options: names.stages.map((key) => ({ value: `stage:${key}`, label: names.stage(key) })) },
    { label: t('by.touchpoint'), options: names.touchpoints.filter((key) => !names.stages.includes(key)).map((key) => ({ value: `touchpoint:${key}`, label: names.touchpoint(key) })) },
  ];
  return (
    <Select mode="multiple" style={{ minWidth: 260, flex: '1 1 320px' }} aria-label={t('blueprint.steps')} value={data.steps.map((step) => `${step.is}:${step.key}`)} options={options}
      onChange={(chosen: string[]) => {
        const steps = chosen.map((one): BlueprintChange['steps'][number] => ({ is: one.startsWith('stage:') ? 'stage' : 'touchpoint', key: one.slice(one.indexOf(':') + 1) }));
        if (steps.length > 0) save({ ...bodyOf(data), steps, cells: bodyOf(data).cells.filter((cell) => steps.some((step) => step.key === cell.step)) });
      }} />
  );
}

export function BlueprintTab() {
  const { t } = useTranslation();
  const language = useLanguage();
  const may = useMay();
  const { message } = App.useApp();
  const invalidate = useInvalidate();
  const { query, ready } = useScope();
  const definitions = useListJourneyDefinitions();
  const [kind, setKind] = useState<string>();
  const [edited, setEdited] = useState<{ lane: Lane; step: string }>();
  const put = usePutBlueprint();
  const definition = kind ?? definitions.data?.items[0]?.key ?? '';
  const scope = { ...query, key: definition };
  const blueprint = useGetBlueprint(scope, { enabled: ready && definition !== '', keep: true });
  const data = blueprint.data;
  const save = (body: BlueprintChange, then?: () => void) => put.mutate({ key: definition, body }, {
    onSuccess: async () => {
      void message.success(t('blueprint.saved'));
      await invalidate('getBlueprint');
      then?.();
    },
  });
  const read = async (file: File) => {
    try {
      save({ ...(JSON.parse(await file.text()) as BlueprintChange), version: data?.version ?? 0 });
    } catch {
      void message.error(t('blueprint.no_json'));
    }
  };
  const download = data && `data:application/json;charset=utf-8,${encodeURIComponent(JSON.stringify(bodyOf(data), null, 1))}`;
  return (
    <Panel title={<>{t('blueprint.title')} <Formula name={t('blueprint.title')} text={t('blueprint.words')} source="Shostack 1984; Bitner, Ostrom & Morgan 2008" /></>}
      note={data && t('journey.of_journeys', { count: data.journeys, shown: exact(data.journeys, language) })}
      tools={(
        <>
          {may('manage_data') && <Upload accept=".json" showUploadList={false} beforeUpload={(file) => { void read(file); return false; }}><Button>{t('blueprint.import')}</Button></Upload>}{' '}
          <Button icon={<DownloadOutlined />} href={download} download={`blueprint-${definition}.json`} disabled={!data || data.steps.length === 0}>{t('blueprint.export')}</Button>
        </>
      )}>
      <div className="filter-line" style={{ gap: '4px 24px' }}>
        <Select style={{ minWidth: 180 }} value={definition || null} aria-label={t('journey.definition')} onChange={setKind}
          options={definitions.data?.items.map((item) => ({ value: item.key, label: (language === 'zh' ? item.name_zh || item.name_en : item.name_en || item.name_zh) })) ?? []} />
        {data && data.steps.length > 0 && may('manage_data') && <Steps data={data} save={save} />}
      </div>
      {put.isError && <div style={{ margin: '8px 0' }}><ProblemView error={put.error} /></div>}
      {data?.version === 0 && data.steps.length > 0 && <Alert role="status" type="info" showIcon style={{ margin: '8px 0' }} title={t('blueprint.draft')} />}
      <Load query={blueprint} rows={12}>
        {(found) => (found.steps.length === 0
          ? <Teach icon={<ApartmentOutlined />} title={t('journey.empty')} text={t('blueprint.empty_text')} />
          : <Grid data={found} edit={may('manage_data') ? (lane, step) => setEdited({ lane, step }) : undefined} />)}
      </Load>
      {edited && data && <BlueprintCellDrawer cell={cellAt(data, edited.lane, edited.step)} lane={edited.lane} step={edited.step} saving={put.isPending} onClose={() => setEdited(undefined)} onSave={(cell) => save(withCell(data, cell), () => setEdited(undefined))} />}
    </Panel>
  );
}
