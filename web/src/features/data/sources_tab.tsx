// Sources: what sends events, how much of it arrived, and how to send the first one.
import { ApiOutlined, FileTextOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Form, Input, Modal, Select, Tag } from 'antd';
import { Fragment, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useInvalidate } from '../../api/client';
import { useCreateSource, useGetSourceStats, useListQuality, useListSources, useListUnits, type NewSource, type QualitySummary, type Source, type SourceStats } from '../../api/generated';
import { DrillNumber } from '../../components/drill_number';
import { Load } from '../../components/load';
import { Panel, PanelSkeleton } from '../../components/page';
import { ProblemView } from '../../components/problem';
import { Sparkline } from '../../components/sparkline';
import { Told } from '../../components/told';
import { Teach } from '../../components/teach';
import { ago, compact, exact, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { usePalette } from '../../state/appearance';
import { useNames } from '../../state/catalogue';
import { AlertTags, SourceDetails } from './source_details';
import { KeyList, KeyModal, kKeyPlaceholder, Snippets } from './source_keys';

function NewSourceModal({ open, onClose, onCreated }: { open: boolean; onClose: () => void; onCreated: (writeKey: string) => void }) {
  const { t } = useTranslation();
  const names = useNames();
  const units = useListUnits({ staleTime: 300_000 });
  const invalidate = useInvalidate();
  const create = useCreateSource();
  const submit = (values: NewSource) => create.mutate({ body: Object.fromEntries(Object.entries(values).filter(([, value]) => value)) as unknown as NewSource }, {
    onSuccess: (made) => {
      void invalidate('listSources');
      onClose();
      onCreated(made.write_key);
    },
  });
  const zones = useMemo(() => Intl.supportedValuesOf('timeZone').map((zone) => ({ value: zone, label: zone })), []);
  return (
    <Modal open={open} onCancel={onClose} title={t('source.new')} footer={null} destroyOnHidden>
      <Form<NewSource> layout="vertical" onFinish={submit} requiredMark={false}>
        <Form.Item name="name" label={t('source.name')} rules={[{ required: true, whitespace: true, max: 80, message: t('source.name_rule') }]}><Input autoFocus placeholder={t('source.name_example')} /></Form.Item>
        <Form.Item name="channel" label={t('source.channel')} extra={t('source.channel_explain')}><Select allowClear options={names.channels.map((key) => ({ value: key, label: names.channel(key) }))} /></Form.Item>
        {(units.data?.items.length ?? 0) > 0 && <Form.Item name="unit" label={t('source.unit')}><Select allowClear options={units.data?.items.map((unit) => ({ value: unit.key, label: names.unit(unit.key) }))} /></Form.Item>}
        <Form.Item name="zone" label={t('source.zone')} extra={t('source.zone_explain')}><Select allowClear showSearch options={zones} /></Form.Item>
        {create.isError && <div style={{ marginBottom: 16 }}><ProblemView error={create.error} /></div>}
        <Button type="primary" htmlType="submit" loading={create.isPending}>{t('source.create')}</Button>
      </Form>
    </Modal>
  );
}

/** Stored events and the quarantine can be opened; what is received is their sum, and what was dropped is not kept. */
function FlowNumber({ source, stats, kind }: { source: Source; stats: SourceStats; kind: 'received' | 'stored' | 'dropped' | 'quarantined' }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const shown = compact(stats[kind], language);
  const title = exact(stats[kind], language);
  if (stats[kind] === 0) return <span>{shown}</span>;
  if (kind === 'stored') return <span title={title}><DrillNumber behind="events" count={stats.stored} to={{ title: `${source.name} · ${t('fate.stored')}`, source: source.id, scope: 'all' }}>{shown}</DrillNumber></span>;
  if (kind === 'quarantined') return <Link className="num" data-drill="link" title={title} to={`/data?view=quarantine&source=${source.id}`}>{shown}</Link>;
  return <Told words={t(`source.told_${kind}`)}><button type="button" className="link num" data-drill="told" title={title}>{shown}</button></Told>;
}

function Flow({ source, stats }: { source: Source; stats: SourceStats }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const palette = usePalette();
  const recent = stats.series.reduce((sum, point) => sum + point.received, 0);
  const parts = [['stored', palette.good], ['dropped', palette.passive], ['quarantined', palette.bad]] as const;
  return (
    <div>
      <dl className="facts four" style={{ margin: 0 }}>
        <div><dt>{t('source.received')}</dt><dd><FlowNumber source={source} stats={stats} kind="received" /></dd></div>
        {parts.map(([key, colour]) => (
          <div key={key}>
            <dt><span style={{ display: 'inline-block', width: 8, height: 8, borderRadius: 2, background: colour, marginInlineEnd: 5 }} />{t(`fate.${key}`)}</dt>
            <dd><FlowNumber source={source} stats={stats} kind={key} /></dd>
          </div>
        ))}
      </dl>
      <div style={{ marginTop: 8 }}><FlowPicture stats={stats} /></div>
      <div className="muted small">
        <Link to="/data?view=live" data-drill="link">{t('source.last_hour', { events: exact(recent, language) })}</Link>
        {stats.reasons.map((item) => {
          const words = `${t(`reason.${item.reason}`)} ${compact(item.count, language)}`;
          return <Fragment key={item.reason}> · {item.reason === 'duplicate' ? words : <Link to={`/data?view=quarantine&source=${source.id}&reason=${item.reason}`} data-drill="link">{words}</Link>}</Fragment>;
        })}
      </div>
    </div>
  );
}

/** Stored, dropped and quarantined of each minute, one upon the other: together they are what was received. */
function FlowPicture({ stats }: { stats: SourceStats }) {
  const { t } = useTranslation();
  const palette = usePalette();
  const language = useLanguage();
  const most = Math.max(1, ...stats.series.map((point) => point.received));
  const open = stats.series.reduce((sum, point) => sum + Math.abs(point.received - point.stored - point.dropped - point.quarantined), 0);
  const parts = [['stored', palette.good], ['dropped', palette.passive], ['quarantined', palette.bad]] as const;
  const step = 240 / stats.series.length;
  const peak = stats.series.findLast((point) => point.received > 0);
  return (
    <div>
      <svg viewBox="0 0 240 44" width="100%" height={44} preserveAspectRatio="none" role="img" aria-label={t('source.flow', { peak: exact(most, language) })}>
        {stats.series.map((point, index) => {
          let top = 44;
          return (
            <g key={point.at}>
              <title>{`${point.at.slice(11, 16)} UTC · ${exact(point.received, language)} = ${parts.map(([key]) => `${exact(point[key], language)} ${t(`fate.${key}`)}`).join(' + ')}`}</title>
              {parts.map(([key, colour]) => {
                const height = (point[key] / most) * 42;
                top -= height;
                return height > 0 && <rect key={key} x={index * step} y={top} width={Math.max(0.8, step - 0.6)} height={height} fill={colour} />;
              })}
            </g>
          );
        })}
      </svg>
      <div className="muted small" data-testid="balance">{open === 0 ? t('source.balanced') : t('source.open', { count: open })}{peak ? ` · ${t('source.rate', { events: exact(peak.received, language) })}` : ''}</div>
    </div>
  );
}

function QualityLine({ quality, onOpen }: { quality: QualitySummary | undefined; onOpen: () => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const palette = usePalette();
  if (!quality) return null;
  const series = quality.series.map((value, index) => ({ at: String(index), value, low: null, high: null, n: 0 }));
  return (
    <div style={{ display: 'flex', gap: 12, alignItems: 'center', marginTop: 8, flexWrap: 'wrap' }}>
      <button type="button" className="link" data-testid="source-quality" onClick={onOpen}>{t('quality.title')} <b className="num">{quality.score === null ? t('quality.too_little') : percent(quality.score, language, 0)}</b></button>
      {quality.series.filter((value) => value !== null).length > 1 && <span style={{ flex: '0 1 110px' }}><Sparkline series={series} colour={palette.accent} /></span>}
      <AlertTags alerts={quality.alerts} />
    </div>
  );
}

function SourceCard({ source, quality, onOpen, onCreated }: { source: Source; quality: QualitySummary | undefined; onOpen: () => void; onCreated: (writeKey: string) => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const names = useNames();
  const [open, setOpen] = useState(false);
  const stats = useGetSourceStats({ id: source.id, minutes: 60 }, { refetchInterval: 10_000, keep: true });
  return (
    <Panel
      title={<>{source.kind === 'http' ? <ApiOutlined /> : <FileTextOutlined />} {source.name}</>}
      note={source.last_event_at ? t('source.last_event', { ago: ago(source.last_event_at, language) }) : t('source.no_event')}
      tools={<>{source.channel && <Tag style={{ margin: 0 }}>{names.channel(source.channel)}</Tag>}{source.unit && <Tag style={{ margin: 0 }}>{names.unit(source.unit)}</Tag>}{source.owner && <Tag style={{ margin: 0 }}>{source.owner}</Tag>}</>}
    >
      <Load query={stats} rows={3}>{(data) => <Flow source={source} stats={data} />}</Load>
      <QualityLine quality={quality} onOpen={onOpen} />
      <div style={{ display: 'flex', gap: 12, marginTop: 6 }} className="small">
        <button type="button" className="link" onClick={onOpen}>{t('source.details')}</button>
        <Link to={`/data?view=plan&source=${source.id}`} data-drill="link">{t('data.plan')}</Link>
      </div>
      {source.kind === 'http' && (
        <div style={{ marginTop: 10 }}>
          <Button size="small" type="text" data-testid="source-keys" aria-expanded={open} onClick={() => setOpen(!open)} style={{ paddingInline: 0 }}>{t(open ? 'source.hide_keys' : 'source.show_keys', { count: source.keys.length })}</Button>
          {open && <div style={{ display: 'grid', gap: 10, marginTop: 8 }}><KeyList source={source} onCreated={onCreated} /><Snippets writeKey={kKeyPlaceholder} /></div>}
        </div>
      )}
    </Panel>
  );
}

export function SourcesTab() {
  const { t } = useTranslation();
  const sources = useListSources({ refetchInterval: 15_000 });
  const quality = useListQuality({ days: 21 }, { refetchInterval: 60_000, keep: true });
  const [opened, setOpened] = useState<string | null>(null);
  const [creating, setCreating] = useState(false);
  const [writeKey, setWriteKey] = useState<string | null>(null);
  const add = <Button type="primary" icon={<PlusOutlined />} onClick={() => setCreating(true)}>{t('source.new')}</Button>;
  return (
    <>
      {sources.isPending && <Panel><PanelSkeleton /></Panel>}
      {sources.isError && <ProblemView error={sources.error} retry={() => void sources.refetch()} />}
      {sources.data && (sources.data.items.length === 0
        ? <Panel><Teach icon={<ApiOutlined />} title={t('source.empty')} text={t('source.empty_text')} action={add} /></Panel>
        : (
          <>
            <div style={{ marginBottom: 14 }}>{add}</div>
            <div className="grid" style={{ gridTemplateColumns: 'repeat(auto-fill, minmax(min(100%, 420px), 1fr))', alignItems: 'start' }}>
              {sources.data.items.map((source) => <SourceCard key={source.id} source={source} quality={quality.data?.items.find((item) => item.source === source.id)} onOpen={() => setOpened(source.id)} onCreated={setWriteKey} />)}
            </div>
          </>
        ))}
      <SourceDetails source={sources.data?.items.find((item) => item.id === opened) ?? null} onClose={() => setOpened(null)} />
      <NewSourceModal open={creating} onClose={() => setCreating(false)} onCreated={setWriteKey} />
      <KeyModal writeKey={writeKey} onClose={() => setWriteKey(null)} />
    </>
  );
}
