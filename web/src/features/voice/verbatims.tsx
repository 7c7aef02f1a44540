// What customers said, in their words.
import { Button, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { useListVerbatims, type Verbatim } from '../../api/generated';
import { Panel, PanelSkeleton } from '../../components/page';
import { ProblemView } from '../../components/problem';
import { ScoreChip, sentimentKey, type Sentiment } from '../../components/score';
import { saveCsv } from '../../format/export';
import { moment } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useNames } from '../../state/catalogue';
import { filterSearch, useScope } from '../../state/filters';

/** The score range of each meaning, per instrument; the same limits as `sentiment`. */
export function limits(kind: Sentiment, instrument: string): { score_min?: number; score_max?: number } {
  const step = 0.01;
  if (instrument === 'ces') {
    if (kind === 'promoter') return { score_max: 2 };
    return kind === 'passive' ? { score_min: 2 + step, score_max: 4 - step } : { score_min: 4 };
  }
  const [passive, promoter] = instrument === 'nps' ? [7, 9] : [3, 4];
  if (kind === 'promoter') return { score_min: promoter };
  return kind === 'passive' ? { score_min: passive, score_max: promoter - step } : { score_max: passive - step };
}

function Quote({ item }: { item: Verbatim }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const names = useNames();
  const { zone } = useScope();
  const [params] = useSearchParams();
  return (
    <div className="verbatim">
      <div><ScoreChip score={item.score} instrument={item.instrument} /></div>
      <div>
        <p>{item.text}</p>
        <div className="muted small">
          <Link to={`/customers/${item.customer_id}${filterSearch(params)}`}>{item.customer || t('customer.unnamed')}</Link>
          {' · '}{moment(item.at, language, zone)} · {names.channel(item.channel)}{item.touchpoint && <> · {names.touchpoint(item.touchpoint)}</>}
        </div>
      </div>
    </div>
  );
}

export function Verbatims({ instrument }: { instrument: string }) {
  const { t } = useTranslation();
  const { query, ready } = useScope();
  const [kind, setKind] = useState<Sentiment | 'all'>('all');
  const verbatims = useListVerbatims({ ...query, instrument, limit: 20, ...(kind !== 'all' && limits(kind, instrument)) }, { enabled: ready });
  const items = verbatims.data?.pages.flatMap((page) => page.items) ?? [];
  const kinds = ['all', 'detractor', 'passive', 'promoter'] as const;
  return (
    <Panel title={t('voice.verbatims')} tools={(
      <Segmented<Sentiment | 'all'> size="small" value={kind} onChange={setKind} options={kinds.map((value) => ({ value, label: t(value === 'all' ? 'voice.all' : sentimentKey(value, instrument)) }))} />
    )}>
      {verbatims.isError && <ProblemView error={verbatims.error} retry={() => void verbatims.refetch()} />}
      {verbatims.isPending && <PanelSkeleton rows={8} />}
      {verbatims.isSuccess && items.length === 0 && <p className="muted">{t('voice.no_verbatims')}</p>}
      {items.map((item) => <Quote key={item.event_id} item={item} />)}
      <div style={{ display: 'flex', gap: 8, marginTop: 12 }}>
        {verbatims.hasNextPage && <Button loading={verbatims.isFetchingNextPage} onClick={() => void verbatims.fetchNextPage()}>{t('common.more')}</Button>}
        {items.length > 0 && <Button onClick={() => saveCsv('verbatims.csv', items.map((item) => ({ at: item.at, instrument: item.instrument, score: item.score ?? '', channel: item.channel, touchpoint: item.touchpoint, customer_id: item.customer_id, text: item.text })))}>{t('common.csv')}</Button>}
      </div>
    </Panel>
  );
}
