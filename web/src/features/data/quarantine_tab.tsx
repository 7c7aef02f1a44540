// What could not become an event: why, and trying again or giving up.
import { CheckCircleOutlined } from '@ant-design/icons';
import { App, Button, Select, Table, Tag, type TableColumnsType } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { useInvalidate } from '../../api/client';
import { useDiscardQuarantine, useListQuarantine, useListSources, useReplayQuarantine, type Quarantined, type QuarantineSelection } from '../../api/generated';
import { Panel } from '../../components/page';
import { ProblemView, useProblemNotice } from '../../components/problem';
import { Teach } from '../../components/teach';
import { exact, moment } from '../../format/numbers';
import { useLanguage } from '../../i18n';

type Reason = Quarantined['reason'];
const kReasons: Reason[] = ['no_identifier', 'no_name', 'bad_time', 'bad_value', 'too_large', 'unknown_type', 'unreadable'];

/** An empty selection is refused by the server: "all" without a filter names every reason in turn. */
async function eachSelection(selection: QuarantineSelection, run: (selection: QuarantineSelection) => Promise<number>): Promise<number> {
  if (Object.keys(selection).length > 0) return run(selection);
  let sum = 0;
  for (const reason of kReasons) sum += await run({ reason });
  return sum;
}

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
        let still = 0;
        const replayed = await eachSelection(selection, async (body) => {
          const result = await replay.mutateAsync({ body });
          still += result.still_quarantined;
          return result.replayed;
        });
        await finish(t('quarantine.replayed', { replayed, still }));
      } catch (error) {
        notice(error);
      }
    },
    discard: (selection: QuarantineSelection, count: number) => modal.confirm({
      title: t('quarantine.discard_title', { count }), content: t('quarantine.discard_text'), okText: t('quarantine.discard'), cancelText: t('common.cancel'), okButtonProps: { danger: true },
      onOk: async () => {
        try {
          const discarded = await eachSelection(selection, async (body) => (await discard.mutateAsync({ body })).discarded);
          await finish(t('quarantine.discarded', { count: discarded }));
        } catch (error) {
          notice(error);
        }
      },
    }),
  };
}

export function QuarantineTab() {
  const { t } = useTranslation();
  const language = useLanguage();
  const sources = useListSources({ staleTime: 60_000 });
  const [params, setParams] = useSearchParams();
  const reason = kReasons.find((key) => key === params.get('reason'));
  const source = params.get('source') ?? undefined;
  const filter = (key: 'reason' | 'source') => (value: string | undefined) => setParams((current) => {
    const address = new URLSearchParams(current);
    if (value) address.set(key, value);
    else address.delete(key);
    return address;
  }, { replace: true });
  const [chosen, setChosen] = useState<string[]>([]);
  const entries = useListQuarantine({ ...(reason && { reason }), ...(source && { source }) });
  const actions = useActions(() => setChosen([]));
  const items = entries.data?.pages.flatMap((page) => page.items) ?? [];
  const total = entries.data?.pages[0]?.total ?? 0;
  const selection: QuarantineSelection = chosen.length > 0 ? { ids: chosen } : { ...(reason && { reason }), ...(source && { source }) };
  const count = chosen.length > 0 ? chosen.length : total;
  const columns = useMemo<TableColumnsType<Quarantined>>(() => [
    { title: t('quarantine.at'), key: 'at', render: (_, item) => <span className="num nowrap">{moment(item.at, language)}</span> },
    { title: t('quarantine.source'), key: 'source', render: (_, item) => sources.data?.items.find((entry) => entry.id === item.source)?.name ?? item.source },
    { title: t('quarantine.reason'), key: 'reason', render: (_, item) => <Tag color="error">{t(`reason.${item.reason}`)}</Tag> },
    { title: t('quarantine.detail'), key: 'detail', render: (_, item) => <div style={{ overflowWrap: 'anywhere', maxWidth: 420, whiteSpace: 'normal' }}>{item.detail}</div> },
    { title: t('quarantine.name'), key: 'name', render: (_, item) => item.name || '–' },
  ], [t, language, sources.data]);
  return (
    <Panel title={t('quarantine.title')} note={entries.isSuccess && t('quarantine.total', { count: total, shown: exact(total, language) })} tools={(
      <>
        <Select size="small" allowClear placeholder={t('quarantine.all_reasons')} aria-label={t('quarantine.all_reasons')} style={{ minWidth: 150 }} value={reason} onChange={filter('reason')} options={kReasons.map((key) => ({ value: key, label: t(`reason.${key}`) }))} />
        <Select size="small" allowClear placeholder={t('live.all_sources')} aria-label={t('live.all_sources')} style={{ minWidth: 130 }} value={source} onChange={filter('source')} options={sources.data?.items.map((item) => ({ value: item.id, label: item.name })) ?? []} />
        <Button size="small" type="primary" disabled={count === 0} loading={actions.busy} onClick={() => void actions.replay(selection)}>{t(chosen.length > 0 ? 'quarantine.replay_some' : 'quarantine.replay_all', { count })}</Button>
        <Button size="small" danger disabled={count === 0 || actions.busy} onClick={() => actions.discard(selection, count)}>{t('quarantine.discard')}</Button>
      </>
    )}>
      {entries.isError && <ProblemView error={entries.error} retry={() => void entries.refetch()} />}
      {entries.isSuccess && items.length === 0
        ? <Teach icon={<CheckCircleOutlined />} title={t('quarantine.empty')} text={t('quarantine.empty_text')} />
        : !entries.isError && (
          <Table<Quarantined>
            rowKey="id" size="small" columns={columns} dataSource={items} pagination={false} loading={entries.isPending} scroll={{ x: 'max-content' }}
            rowSelection={{ selectedRowKeys: chosen, onChange: (keys) => setChosen(keys.map(String)) }}
            expandable={{ expandedRowRender: (item) => (
              <>
                {item.message_id && <div className="mono muted small" style={{ overflowWrap: 'anywhere' }}>{t('quarantine.message_id')} {item.message_id}</div>}
                <pre style={{ margin: 0, whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>{item.preview}</pre>
              </>
            ) }}
          />
        )}
      {entries.hasNextPage && <Button style={{ marginTop: 12 }} loading={entries.isFetchingNextPage} onClick={() => void entries.fetchNextPage()}>{t('common.more')}</Button>}
    </Panel>
  );
}
