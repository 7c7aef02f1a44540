// Pairs of customers that may be one: matching proposes them, and they come in the order that is asked for; a
// person decides, by keyboard too, and what was decided teaches the next run.
import { CheckOutlined, CloseOutlined, DownloadOutlined, ForwardOutlined, SearchOutlined, TeamOutlined } from '@ant-design/icons';
import { Alert, App, Button, Input, Segmented, Select, Tag } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useInvalidate } from '../../api/client';
import { useDecideReviewPair, useListMatchRuns, useListReviewPairs, type ReviewPair } from '../../api/generated';
import { Load } from '../../components/load';
import { Page, Panel, PanelSkeleton } from '../../components/page';
import { ProblemView } from '../../components/problem';
import { Teach } from '../../components/teach';
import { saveCsv } from '../../format/export';
import { exact, moment, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useScope } from '../../state/filters';
import { People } from './people';
import { Curve, Learned, RunPanel } from './review_run';
import { Steps } from './review_steps';
import { kOfCustomers } from './split_dialog';

type Verdict = 'accept' | 'reject' | 'skip';
type State = ReviewPair['state'];
const kStates: State[] = ['open', 'accepted', 'rejected', 'skipped'];
type Sort = 'doubt' | 'likely' | 'unlikely' | 'newest';
const kSorts: Sort[] = ['doubt', 'likely', 'unlikely', 'newest'];
/** What pairs are asked for; empty: of anybody. */
type Asked = { q: string; sort: Sort };
const paramsOf = ({ q, sort }: Asked) => (q ? { q, sort } : { sort });
const kKeys: Record<string, Verdict> = { a: 'accept', r: 'reject', s: 'skip' };

function Pair({ pair, children }: { pair: ReviewPair; children?: React.ReactNode }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <Panel>
      <div style={{ display: 'flex', gap: 12, alignItems: 'baseline', flexWrap: 'wrap', marginBottom: 12 }}>
        <b style={{ fontSize: 20 }} className="num">{percent(pair.probability, language)}</b>
        <span className="muted">{t('review.probability')}</span>
        {pair.obstacle && <Tag color="orange">{t(`refused.${pair.obstacle}`)}</Tag>}
      </div>
      <People people={pair.customers} title={(index) => t(pair.customers.length === 1 ? 'review.together' : index === 0 ? 'review.left' : 'review.right')} />
      <p style={{ display: 'flex', gap: 16, flexWrap: 'wrap', marginTop: 0 }}>
        {pair.customers.map((one) => <Link key={one.id} to={`/customers/${one.id}`}>{t('review.profile', { id: one.id })}</Link>)}
      </p>
      <Steps pair={pair} />
      {children}
    </Panel>
  );
}

function Decide({ pair, busy, onVerdict }: { pair: ReviewPair; busy: boolean; onVerdict: (verdict: Verdict, force: boolean) => void }) {
  const { t } = useTranslation();
  const blocked = pair.obstacle !== null;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const verdict = kKeys[event.key.toLowerCase()];
      const typing = (event.target as HTMLElement | null)?.closest('input, textarea, [contenteditable], .ant-modal, .ant-select');
      if (!verdict || typing || busy || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      if (verdict === 'accept' && blocked) return;
      event.preventDefault();
      onVerdict(verdict, false);
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [busy, blocked, onVerdict]);
  return (
    <div style={{ display: 'flex', gap: 8, flexWrap: 'wrap', marginTop: 14 }}>
      <Button type="primary" icon={<CheckOutlined />} disabled={busy} onClick={() => onVerdict('accept', blocked)}>{t(blocked ? 'review.accept_forced' : 'review.accept')}{!blocked && <kbd className="key-hint">A</kbd>}</Button>
      <Button danger icon={<CloseOutlined />} disabled={busy} onClick={() => onVerdict('reject', false)}>{t('review.reject')}<kbd className="key-hint">R</kbd></Button>
      <Button icon={<ForwardOutlined />} disabled={busy} onClick={() => onVerdict('skip', false)}>{t('review.skip')}<kbd className="key-hint">S</kbd></Button>
    </div>
  );
}

/** Those that are loaded, a row for each pair; values stay masked. */
function Save({ state, pairs }: { state: State; pairs: ReviewPair[] }) {
  const { t } = useTranslation();
  const save = () => saveCsv(`pairs_${state}.csv`, pairs.map((pair) => ({
    id: pair.id, state: pair.state, probability: pair.probability, left: pair.customers[0]?.id ?? '', right: pair.customers[1]?.id ?? '', obstacle: pair.obstacle ?? '', at: pair.at,
    fields: pair.steps.map((step) => `${step.column}: ${step.left} / ${step.right}, ${step.level}, ${step.weight.toFixed(2)}`).join('; '),
  })));
  return <Button size="small" icon={<DownloadOutlined />} onClick={save}>{t('common.csv')}</Button>;
}

function NoneFound() {
  const { t } = useTranslation();
  return <Panel><Teach icon={<SearchOutlined />} title={t('review.not_found')} text={t('review.not_found_text')} /></Panel>;
}

/** One pair at a time; the next comes up as soon as it is decided. */
function Queue({ asked }: { asked: Asked }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { message } = App.useApp();
  const invalidate = useInvalidate();
  const pairs = useListReviewPairs({ state: 'open', ...paramsOf(asked) });
  const decide = useDecideReviewPair();
  const [done, setDone] = useState<ReadonlySet<string>>(new Set());
  const waiting = (pairs.data?.pages.flatMap((page) => page.items) ?? []).filter((pair) => !done.has(pair.id));
  const pair = waiting[0];
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = pairs;
  useEffect(() => {
    if (waiting.length < 3 && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [waiting.length, hasNextPage, isFetchingNextPage, fetchNextPage]);
  const onVerdict = (verdict: Verdict, force: boolean) => {
    if (!pair) return;
    decide.mutate({ id: pair.id, body: { verdict, force } }, {
      onSuccess: async (now) => {
        if (now.state === 'open') void message.warning(now.obstacle ? t(`refused.${now.obstacle}`) : t('review.not_done'));
        else setDone((before) => new Set(before).add(pair.id));
        if (verdict === 'accept') await invalidate(...kOfCustomers);
      },
    });
  };
  if (pairs.isPending || (!pair && (hasNextPage || isFetchingNextPage))) return <PanelSkeleton rows={8} />;
  if (pairs.isError) return <ProblemView error={pairs.error} retry={() => void pairs.refetch()} />;
  if (!pair && asked.q && done.size === 0) return <NoneFound />;
  if (!pair) return <Panel><Teach icon={<TeamOutlined />} title={t(done.size > 0 ? 'review.all_done' : 'review.none')} text={t('review.none_text')} /></Panel>;
  const open = asked.q ? waiting.length : Math.max(waiting.length, (pairs.data?.pages[0]?.open ?? 0) - done.size);
  return (
    <>
      <div style={{ display: 'flex', gap: 12, alignItems: 'center', justifyContent: 'space-between', marginBottom: 10 }}>
        <span className="muted small" aria-live="polite" data-testid="review-waiting">{t(asked.q ? 'review.found' : 'review.waiting', { count: open, shown: exact(open, language) + (asked.q && hasNextPage ? '+' : '') })}</span>
        <Save state="open" pairs={waiting} />
      </div>
      {decide.isError && <div style={{ marginBottom: 12 }}><ProblemView error={decide.error} /></div>}
      <Pair pair={pair}><Decide pair={pair} busy={decide.isPending} onVerdict={onVerdict} /></Pair>
    </>
  );
}

function Decided({ state, asked }: { state: State; asked: Asked }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { zone } = useScope();
  const pairs = useListReviewPairs({ state, limit: 10, ...paramsOf(asked) });
  const items = pairs.data?.pages.flatMap((page) => page.items) ?? [];
  if (pairs.isPending) return <PanelSkeleton rows={8} />;
  if (pairs.isError) return <ProblemView error={pairs.error} retry={() => void pairs.refetch()} />;
  if (items.length === 0 && asked.q) return <NoneFound />;
  if (items.length === 0) return <Panel><Teach icon={<TeamOutlined />} title={t('review.nothing_here')} text={t('review.nothing_here_text')} /></Panel>;
  return (
    <>
      <div style={{ display: 'flex', justifyContent: 'flex-end', marginBottom: 10 }}><Save state={state} pairs={items} /></div>
      {items.map((pair) => <Pair key={pair.id} pair={pair}><p className="muted small" style={{ marginBottom: 0 }}>{t(`review.was_${state}`)} {moment(pair.at, language, zone)}</p></Pair>)}
      {pairs.hasNextPage && <Button loading={pairs.isFetchingNextPage} onClick={() => void pairs.fetchNextPage()}>{t('common.more')}</Button>}
    </>
  );
}

/** Decided ones come the latest first, as long as no other order is chosen. */
function Asking({ state, setState, asked, setAsked }: { state: State; setState: (state: State) => void; asked: Asked; setAsked: (asked: Asked) => void }) {
  const { t } = useTranslation();
  const change = (next: State) => {
    const usual = (of: State): Sort => (of === 'open' ? 'doubt' : 'newest');
    if (asked.sort === usual(state)) setAsked({ ...asked, sort: usual(next) });
    setState(next);
  };
  return (
    <div style={{ display: 'flex', gap: 10, flexWrap: 'wrap', alignItems: 'center', margin: '14px 0' }}>
      <Segmented<State> value={state} onChange={change} style={{ maxWidth: '100%', overflowX: 'auto' }} options={kStates.map((value) => ({ value, label: t(`review.state_${value}`) }))} />
      <Select<Sort> value={asked.sort} onChange={(sort) => setAsked({ ...asked, sort })} aria-label={t('review.sort')} style={{ minWidth: 180 }} options={kSorts.map((value) => ({ value, label: t(`review.sort_${value}`) }))} />
      <Input.Search allowClear enterButton placeholder={t('review.search')} aria-label={t('review.search')} onSearch={(text) => setAsked({ ...asked, q: text.trim() })} style={{ flex: '1 1 260px', maxWidth: 460 }} />
    </div>
  );
}

export function ReviewPage() {
  const { t } = useTranslation();
  const [state, setState] = useState<State>('open');
  const [asked, setAsked] = useState<Asked>({ q: '', sort: 'doubt' });
  const [waits, setWaits] = useState(false);
  const runs = useListMatchRuns({ refetchInterval: waits ? 1_000 : false });
  const invalidate = useInvalidate();
  const latest = runs.data?.items[0];
  const running = latest?.state === 'running';
  useEffect(() => {
    if (running) setWaits(true);
    else if (waits && latest) {
      setWaits(false);
      void invalidate('listReviewPairs', ...kOfCustomers);
    }
  }, [running, waits, latest, invalidate]);
  return (
    <Page title={t('review.title')} answers={t('review.answers')}>
      <Load query={runs} rows={3}>{(data) => <RunPanel runs={data.items} resumable={data.resumable} onStarted={() => setWaits(true)} />}</Load>
      {latest?.state === 'failed' && latest.error && <Alert type="warning" showIcon style={{ marginBottom: 14 }} title={t(latest.error.code === 'nothing_to_compare' ? 'review.nothing_to_compare' : 'review.failed')} description={latest.error.detail} />}
      <Asking state={state} setState={setState} asked={asked} setAsked={setAsked} />
      {state === 'open'
        ? <Queue key={`${latest?.state === 'done' ? latest.id : 'none'} ${asked.sort} ${asked.q}`} asked={asked} />
        : <Decided key={state} state={state} asked={asked} />}
      {runs.data?.model && <Learned model={runs.data.model} />}
      {runs.data && runs.data.curve.length > 0 && <Curve curve={runs.data.curve} />}
    </Page>
  );
}
