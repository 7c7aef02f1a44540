// Everything one customer did, across channels, newest first.
import { Button, Select, Tag, Timeline } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useGetTimeline, type Event } from '../../api/generated';
import { Panel, PanelSkeleton } from '../../components/page';
import { ProblemView } from '../../components/problem';
import { ScoreChip } from '../../components/score';
import { moment, money } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { usePalette } from '../../state/appearance';
import { useNames } from '../../state/catalogue';
import { useScope } from '../../state/filters';

function Entry({ event, sourceName }: { event: Event; sourceName: (id: string) => string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const names = useNames();
  const { zone } = useScope();
  const [open, setOpen] = useState(false);
  const properties = Object.entries(event.properties);
  return (
    <div>
      <div style={{ display: 'flex', flexWrap: 'wrap', gap: '4px 10px', alignItems: 'center' }}>
        <b>{event.name || t(`type.${event.type}`)}</b>
        <Tag style={{ margin: 0 }}>{names.channel(event.channel)}</Tag>
        {event.amount && <span className="num">{money(event.amount, language)}</span>}
        {event.score !== null && <ScoreChip score={event.score} instrument={event.instrument} />}
      </div>
      <div className="muted small">
        {moment(event.at, language, zone)}
        {event.touchpoint && <> · {names.touchpoint(event.touchpoint)}</>}
        {event.stage && <> · {names.stage(event.stage)}</>}
        {event.case_id && <> · {t('event.case')} <span className="mono">{event.case_id}</span></>}
        {' · '}{t('event.from_source', { source: sourceName(event.source) })}
        {properties.length > 0 && <> · <button type="button" className="link small" aria-expanded={open} onClick={() => setOpen(!open)}>{t(open ? 'event.less' : 'event.details')}</button></>}
      </div>
      {event.text && <blockquote className="quote">{event.text}</blockquote>}
      {open && <div className="mono small" style={{ marginTop: 4 }}>{properties.map(([key, value]) => <div key={key}><span className="muted">{key}</span> {value}</div>)}</div>}
    </div>
  );
}

export function CustomerTimeline({ id, channels, sourceName }: { id: string; channels: string[]; sourceName: (id: string) => string }) {
  const { t } = useTranslation();
  const palette = usePalette();
  const names = useNames();
  const [channel, setChannel] = useState<string[]>([]);
  const timeline = useGetTimeline({ id, limit: 30, ...(channel.length > 0 && { channel: channel.join(',') }) });
  const events = timeline.data?.pages.flatMap((page) => page.items) ?? [];
  const colour = (key: string) => palette.series[Math.max(0, channels.indexOf(key)) % palette.series.length] ?? palette.accent;
  return (
    <Panel title={t('customer.timeline')} tools={channels.length > 1 && (
      <Select mode="multiple" allowClear size="small" maxTagCount={1} style={{ minWidth: 160 }} value={channel} onChange={setChannel} placeholder={t('filter.all_channels')}
        aria-label={t('filter.channels')} options={channels.map((key) => ({ value: key, label: names.channel(key) }))} />
    )}>
      {timeline.isError && <ProblemView error={timeline.error} retry={() => void timeline.refetch()} />}
      {timeline.isPending && <PanelSkeleton rows={10} />}
      {timeline.isSuccess && events.length === 0 && <p className="muted">{t('event.none')}</p>}
      <Timeline style={{ marginTop: 8 }} items={events.map((event) => ({ key: event.event_id, color: colour(event.channel), content: <Entry event={event} sourceName={sourceName} /> }))} />
      {timeline.hasNextPage && <Button loading={timeline.isFetchingNextPage} onClick={() => void timeline.fetchNextPage()}>{t('common.more')}</Button>}
    </Panel>
  );
}
