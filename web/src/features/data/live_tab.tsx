// The live debugger: each arriving event with its fate and the reason, newest first.
import { ThunderboltOutlined } from '@ant-design/icons';
import { Button, Select, Tag } from 'antd';
import { useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useListSources, type LiveEvent } from '../../api/generated';
import { useLive } from '../../api/live';
import { Panel } from '../../components/page';
import { Teach } from '../../components/teach';
import { clock } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useNames } from '../../state/catalogue';
import { kKeyPlaceholder, Snippets } from './source_keys';

const kKept = 200;

interface Row extends LiveEvent {
  number: number;
}

const kFateColour = { stored: 'success', dropped: 'default', quarantined: 'error' } as const;

function Line({ row, sourceName }: { row: Row; sourceName: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const names = useNames();
  return (
    <div className="live-row">
      <span className="num muted">{clock(row.at, language)}</span>
      <span className="wide">{t(`type.${row.type}`, { defaultValue: row.type })}</span>
      <span title={row.message_id}>{row.name || <span className="mono muted small">{row.message_id || '–'}</span>}</span>
      <span className="wide">{row.channel ? names.channel(row.channel) : <span className="muted">{sourceName}</span>}</span>
      <span><Tag color={kFateColour[row.fate]} style={{ margin: 0 }}>{t(`fate.${row.fate}`)}</Tag></span>
      <span className="wide muted">{row.reason !== 'none' && row.reason !== '' ? t(`reason.${row.reason}`, { defaultValue: row.reason }) : ''}</span>
    </div>
  );
}

export function LiveTab() {
  const { t } = useTranslation();
  const sources = useListSources({ staleTime: 60_000 });
  const [rows, setRows] = useState<Row[]>([]);
  const [paused, setPaused] = useState(false);
  const [fate, setFate] = useState('');
  const [source, setSource] = useState('');
  const number = useRef(0);
  const state = useLive('event', (message) => {
    if (message.topic !== 'event' || paused) return;
    number.current += 1;
    const row = { ...message, number: number.current };
    setRows((before) => [row, ...before].slice(0, kKept));
  });
  const shown = useMemo(() => rows.filter((row) => (!fate || row.fate === fate) && (!source || row.source === source)), [rows, fate, source]);
  const sourceName = (id: string) => sources.data?.items.find((item) => item.id === id)?.name ?? id;
  return (
    <Panel title={t('live.title')} note={<span><span className={`live-dot ${state}`} />{t(`live.${state}`)}</span>} tools={(
      <>
        <Select size="small" allowClear placeholder={t('live.all_sources')} aria-label={t('live.all_sources')} style={{ minWidth: 130 }} value={source || undefined} onChange={(value) => setSource(value ?? '')} options={sources.data?.items.map((item) => ({ value: item.id, label: item.name })) ?? []} />
        <Select size="small" allowClear placeholder={t('live.all_fates')} aria-label={t('live.all_fates')} style={{ minWidth: 120 }} value={fate || undefined} onChange={(value) => setFate(value ?? '')} options={Object.keys(kFateColour).map((key) => ({ value: key, label: t(`fate.${key}`) }))} />
        <Button size="small" onClick={() => setPaused(!paused)}>{t(paused ? 'live.resume' : 'live.pause')}</Button>
        <Button size="small" onClick={() => setRows([])}>{t('live.clear')}</Button>
      </>
    )}>
      {rows.length === 0
        ? (
          <>
            <Teach icon={<ThunderboltOutlined />} title={t('live.empty')} text={t('live.empty_text')} />
            <div style={{ maxWidth: 860, margin: '0 auto' }}><Snippets writeKey={kKeyPlaceholder} /></div>
          </>
        )
        : <div className="live-list" role="log" aria-live="off" tabIndex={0}>{shown.map((row) => <Line key={row.number} row={row} sourceName={sourceName(row.source)} />)}</div>}
    </Panel>
  );
}
