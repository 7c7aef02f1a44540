// What could not become an event: why, and trying again or giving up.
import { CheckCircleOutlined } from '@ant-design/icons';
import { App, Button, DatePicker, Input, Select, Table, Tag, type TableColumnsType } from 'antd';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { useInvalidate } from '../../api/client';
import { useDiscardQuarantine, useListQuarantine, useListSources, useReplayQuarantine, type Quarantined, type QuarantineSelection } from '../../api/generated';
import { Panel } from '../../components/page';
import { ProblemView, useProblemNotice } from '../../components/problem';
import { Teach } from '../../components/teach';
import { exact, moment } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { FixDrawer } from './quarantine_fix';

type Reason = Quarantined['reason'];
const kReasons: Reason[] = ['no_identifier', 'no_name', 'bad_time', 'bad_value', 'too_large', 'unknown_type', 'unreadable', 'unplanned', 'plan_violation'];
const kStates = ['open', 'replayed', 'discarded'] as const;

function useActions(done: () => void) {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const notice = useProblemNotice();
  const invalidate = useInvalidate();
  const replay = useReplayQuarantine();
  const discard = useDiscardQuarantine();
  const finish = async (text: string) => {
    void message.info(text);
    done();
    await invalidate('listQuarantine', 'getSourceStats', 'getStatus');
  };
  return {
    busy: replay.isPending || discard.isPending,
    replay: async (selection: QuarantineSelection) => {
      try {
        const result = await replay.mutateAsync({ body: selection });
        await finish(t('quarantine.replayed', { replayed: result.replayed, still: result.still_quarantined }));
      } catch (error) {
        notice(error);
      }
    },
    discard: (selection: QuarantineSelection, count: number) => {
      let note = '';
      modal.confirm({
      title: t('quarantine.discard_title', { count }),
      content: <><p>{t('quarantine.discard_text')}</p><Input aria-label={t('quarantine.note')} placeholder={t('quarantine.note')} maxLength={500} onChange={(event) => { note = event.target.value; }} /></>,
      okText: t('quarantine.discard'), cancelText: t('common.cancel'), okButtonProps: { danger: true },
      onOk: async () => {
        try {
          const { discarded } = await discard.mutateAsync({ body: { ...selection, ...(note && { note }) } });
          await finish(t('quarantine.discarded', { count: discarded }));
        } catch (error) {
          notice(error);
        }
      },
      });
    },
  };
}

/** What is looked for, in the address. */
function Filters({ reason, source, state, text, put }: { reason: Reason | undefined; source: string | undefined; state: (typeof kStates)[number]; text: string | undefined; put: (values: Record<string, string | undefined>) => void }) {
  const { t } = useTranslation();
  const sources = useListSources({ staleTime: 60_000 });
  return (
    <>
      <Select size="small" allowClear placeholder={t('quarantine.all_reasons')} aria-label={t('quarantine.all_reasons')} style={{ minWidth: 150 }} value={reason} onChange={(value) => put({ reason: value })} options={kReasons.map((key) => ({ value: key, label: t(`reason.${key}`) }))} />
      <Select size="small" allowClear placeholder={t('live.all_sources')} aria-label={t('live.all_sources')} style={{ minWidth: 130 }} value={source} onChange={(value) => put({ source: value })} options={sources.data?.items.map((item) => ({ value: item.id, label: item.name })) ?? []} />
      <Select size="small" aria-label={t('quarantine.state')} value={state} onChange={(value) => put({ state: value === 'open' ? undefined : value })} options={kStates.map((key) => ({ value: key, label: t(`quarantine.state_${key}`) }))} />
      <Input.Search size="small" allowClear placeholder={t('quarantine.search')} aria-label={t('quarantine.search')} style={{ width: 180 }} defaultValue={text ?? ''} onSearch={(value) => put({ q: value.trim() })} />
      <DatePicker.RangePicker size="small" showTime={{ format: 'HH:mm' }} format="YYYY-MM-DD HH:mm" style={{ width: 290, maxWidth: '100%' }} onChange={(range) => put({ since: range?.[0]?.toISOString(), until: range?.[1]?.toISOString() })} />
    </>
  );
}

export function QuarantineTab() {
  const { t } = useTranslation();
  const language = useLanguage();
  const sources = useListSources({ staleTime: 60_000 });
  const [params, setParams] = useSearchParams();
  const reason = kReasons.find((key) => key === params.get('reason'));
  const source = params.get('source') ?? undefined;
  const text = params.get('q') ?? undefined;
  const event = params.get('event') ?? undefined;
  const since = params.get('since') ?? undefined;
  const until = params.get('until') ?? undefined;
  const state = kStates.find((key) => key === params.get('state')) ?? 'open';
  const put = (values: Record<string, string | undefined>) => setParams((current) => {
    const address = new URLSearchParams(current);
    for (const [key, value] of Object.entries(values)) {
      if (value) address.set(key, value);
      else address.delete(key);
    }
    return address;
  }, { replace: true });
  const [chosen, setChosen] = useState<string[]>([]);
  const [fixing, setFixing] = useState(false);
  const filter = { ...(reason && { reason }), ...(source && { source }), ...(text && { q: text }), ...(event && { name: event }), ...(since && { from: since }), ...(until && { to: until }) };
  const entries = useListQuarantine({ ...filter, state });
  const actions = useActions(() => setChosen([]));
  const items = entries.data?.pages.flatMap((page) => page.items) ?? [];
  const total = entries.data?.pages[0]?.total ?? 0;
  const selection: QuarantineSelection = chosen.length > 0 ? { ids: chosen } : Object.keys(filter).length > 0 ? filter : { all: true };
  const count = state !== 'open' ? 0 : chosen.length > 0 ? chosen.length : total;
  const sourceName = useCallback((id: string) => sources.data?.items.find((entry) => entry.id === id)?.name ?? id, [sources.data]);
  const columns = useMemo<TableColumnsType<Quarantined>>(() => [
    { title: t('quarantine.at'), key: 'at', render: (_, item) => <span className="num">{moment(item.at, language)}</span> },
    { title: t('quarantine.reason'), key: 'reason', render: (_, item) => <Tag color="error">{t(`reason.${item.reason}`)}</Tag> },
    { title: t('quarantine.detail'), key: 'detail', render: (_, item) => <div style={{ overflowWrap: 'anywhere', maxWidth: 420, whiteSpace: 'normal' }}>{item.detail}</div> },
    { title: t('quarantine.source'), key: 'source', responsive: ['md'], render: (_, item) => sourceName(item.source) },
    { title: t('quarantine.event'), key: 'name', responsive: ['md'], render: (_, item) => item.name || '–' },
    { title: t('quarantine.name'), key: 'origin', responsive: ['md'], render: (_, item) => item.origin || '–' },
  ], [t, language, sourceName]);
  return (
    <Panel title={t('quarantine.title')} note={entries.isSuccess && t('quarantine.total', { count: total, shown: exact(total, language) })} tools={(
      <>
        <Filters reason={reason} source={source} state={state} text={text} put={put} />
        <Button size="small" data-testid="fix-open" disabled={count === 0} onClick={() => setFixing(true)}>{t('fix.open')}</Button>
        <Button size="small" type="primary" disabled={count === 0} loading={actions.busy} onClick={() => void actions.replay(selection)}>{t(chosen.length > 0 ? 'quarantine.replay_some' : 'quarantine.replay_all', { count })}</Button>
        <Button size="small" danger disabled={count === 0 || actions.busy} onClick={() => actions.discard(selection, count)}>{t('quarantine.discard')}</Button>
      </>
    )}>
      {entries.isError && <ProblemView error={entries.error} retry={() => void entries.refetch()} />}
      {entries.isSuccess && items.length === 0
        ? <Teach icon={<CheckCircleOutlined />} title={t('quarantine.empty')} text={t('quarantine.empty_text')} />
        : !entries.isError && (
          <Table<Quarantined>
            rowKey="id" size="small" columns={columns} dataSource={items} pagination={false} loading={entries.isPending} scroll={{ x: true }}
            rowSelection={{ selectedRowKeys: chosen, onChange: (keys) => setChosen(keys.map(String)) }}
            expandable={{ expandedRowRender: (item) => (
              <>
                <div className="small phone-only">{[sourceName(item.source), item.name, item.origin].filter(Boolean).join(' · ')}</div>
                {item.note && <div className="small">{t('quarantine.note')}: {item.note}</div>}
                {item.message_id && <div className="mono muted small" style={{ overflowWrap: 'anywhere' }}>{t('quarantine.message_id')} {item.message_id}</div>}
                <pre style={{ margin: 0, whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{item.preview}</pre>
              </>
            ) }}
          />
        )}
      <FixDrawer open={fixing} onClose={() => setFixing(false)} selection={selection} count={count} />
      {entries.hasNextPage && <Button style={{ marginTop: 12 }} loading={entries.isFetchingNextPage} onClick={() => void entries.fetchNextPage()}>{t('common.more')}</Button>}
    </Panel>
  );
}
