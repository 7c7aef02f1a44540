// The kinds of journeys: which there are, in what order, and what becomes of two people's changes at once.
import { ArrowDownOutlined, ArrowUpOutlined, CopyOutlined, DeleteOutlined, NodeIndexOutlined, PlusOutlined } from '@ant-design/icons';
import { Alert, App, Button, Popconfirm, Table, Tag, type TableColumnsType } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem, useInvalidate } from '../../api/client';
import { useListJourneyDefinitions, usePutJourneyDefinitions, type JourneyDefinition, type JourneyDefinitions } from '../../api/generated';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { ProblemView } from '../../components/problem';
import { Teach } from '../../components/teach';
import { useLanguage } from '../../i18n';
import { useNames } from '../../state/catalogue';
import { useMay } from '../../state/session';
import { KindEditor } from './kind_editor';
import { changedKeys, emptyKind, faultsOf, freeKey, mergeKinds } from './kinds';

type Book = Pick<JourneyDefinitions, 'version' | 'items'>;

const kKindsMax = 50;
const keysBeside = (items: JourneyDefinition[], at: number) => items.filter((_, index) => index !== at).map((item) => item.key);
const isConflict = (error: unknown) => error instanceof ApiProblem && error.problem.code === 'ledger_conflict';

function useKindName(): (kind: JourneyDefinition) => string {
  const language = useLanguage();
  return (kind) => (language === 'zh' ? kind.name_zh || kind.name_en : kind.name_en || kind.name_zh) || kind.key;
}

/** Somebody else was faster: what they changed, and the ways on. */
function Conflict({ base, mine, theirs, onMerge, onDiscard, pending }: { base: Book; mine: JourneyDefinition[]; theirs: Book; onMerge: () => void; onDiscard: () => void; pending: boolean }) {
  const { t } = useTranslation();
  const their = changedKeys(base.items, theirs.items), own = changedKeys(base.items, mine);
  const both = own.filter((key) => their.includes(key));
  const list = (keys: string[]) => keys.join(t('common.list')) || '–';
  return (
    <Alert type="warning" showIcon role="alert" style={{ marginBottom: 12 }} data-testid="kinds-conflict" title={t('kinds.conflict', { version: theirs.version, mine: base.version })}
      description={(
        <>
          <div>{t('kinds.they_changed', { keys: list(their) })}</div>
          <div>{t('kinds.you_changed', { keys: list(own) })}</div>
          {both.length > 0 && <div><b>{t('kinds.both_changed', { keys: list(both) })}</b></div>}
          <div style={{ display: 'flex', flexWrap: 'wrap', gap: 8, marginTop: 8 }}>
            <Button type="primary" loading={pending} onClick={onMerge}>{t('kinds.merge')}</Button>
            <Button danger onClick={onDiscard}>{t('kinds.discard')}</Button>
          </div>
        </>
      )} />
  );
}

function useColumns(draft: JourneyDefinition[], readOnly: boolean, change: (items: JourneyDefinition[]) => void, open: (at: number) => void): TableColumnsType<{ kind: JourneyDefinition; at: number }> {
  const { t } = useTranslation();
  const names = useNames();
  const name = useKindName();
  const places = (keys: string[]) => (keys.length === 0 ? <span className="muted">–</span> : keys.map((key) => <Tag key={key} style={{ margin: 2 }}>{names.touchpoint(key)}</Tag>));
  const move = (at: number, by: number) => change(draft.map((one, index) => (index === at ? draft[at + by]! : index === at + by ? draft[at]! : one)));
  const copy = (at: number) => {
    const kind = draft[at]!;
    change([...draft.slice(0, at + 1), { ...kind, key: freeKey(kind.key, draft.map((item) => item.key)) }, ...draft.slice(at + 1)]);
    open(at + 1);
  };
  return [
    {
      title: t('kinds.name'), key: 'name', fixed: 'start', width: 190,
      render: (_, { kind, at }) => (
        <>
          <button type="button" className="link" onClick={() => open(at)}>{name(kind) || t('kinds.unnamed')}</button>
          <br /><span className="mono muted small">{kind.key}</span>
          {faultsOf(kind, keysBeside(draft, at)).length > 0 && <> <Tag color="error">{t('kinds.faulty')}</Tag></>}
        </>
      ),
    },
    { title: t('kinds.starts'), key: 'starts', render: (_, { kind }) => places(kind.starts) },
    { title: t('kinds.ends'), key: 'ends', render: (_, { kind }) => places(kind.ends) },
    { title: t('kinds.gap_days'), key: 'gap', align: 'end', render: (_, { kind }) => <span className="num">{kind.gap_days}</span> },
    { title: t('kinds.moments'), key: 'moments', render: (_, { kind }) => places(kind.moments) },
    ...(readOnly ? [] : [{
      key: 'tools', align: 'end' as const,
      render: (_: unknown, { kind, at }: { kind: JourneyDefinition; at: number }) => (
        <span className="nowrap">
          <Button size="small" type="text" icon={<ArrowUpOutlined />} disabled={at === 0} onClick={() => move(at, -1)} aria-label={`${t('settings.move_up')} ${kind.key}`} />
          <Button size="small" type="text" icon={<ArrowDownOutlined />} disabled={at === draft.length - 1} onClick={() => move(at, 1)} aria-label={`${t('settings.move_down')} ${kind.key}`} />
          <Button size="small" type="text" icon={<CopyOutlined />} disabled={draft.length >= kKindsMax} onClick={() => copy(at)} aria-label={`${t('kinds.copy')} ${kind.key}`} />
          <Popconfirm title={t('kinds.remove_sure')} onConfirm={() => change(draft.filter((_one, index) => index !== at))}>
            <Button size="small" type="text" danger icon={<DeleteOutlined />} aria-label={`${t('common.remove')} ${kind.key}`} />
          </Popconfirm>
        </span>
      ),
    }]),
  ];
}

function Kinds({ book, refresh }: { book: Book; refresh: () => Promise<Book | undefined> }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const readOnly = !useMay()('manage_data');
  const invalidate = useInvalidate();
  const put = usePutJourneyDefinitions();
  const [base, setBase] = useState(book);
  const [draft, setDraft] = useState(book.items);
  const [editing, setEditing] = useState<number>();
  const [theirs, setTheirs] = useState<Book>();
  const changed = JSON.stringify(draft) !== JSON.stringify(base.items);
  const faulty = draft.some((kind, at) => faultsOf(kind, keysBeside(draft, at)).length > 0);
  const columns = useColumns(draft, readOnly, setDraft, setEditing);
  const take = (next: Book) => {
    setBase(next);
    setDraft(next.items);
    setTheirs(undefined);
    put.reset();
  };
  const save = (items: JourneyDefinition[], version: number) => put.mutate({ body: { version, items } }, {
    onSuccess: async (next) => {
      take(next);
      void message.success(t('kinds.saved'));
      await invalidate('listJourneyDefinitions');
    },
    onError: async (error) => {
      if (isConflict(error)) setTheirs(await refresh());
    },
  });
  const add = () => {
    setDraft([...draft, emptyKind()]);
    setEditing(draft.length);
  };
  const kind = editing === undefined ? undefined : draft[editing];
  return (
    <Panel title={t('kinds.title')} note={t('kinds.note')} tools={!readOnly && (
      <>
        <Button icon={<PlusOutlined />} disabled={draft.length >= kKindsMax} onClick={add}>{t('kinds.add')}</Button>
        <Button disabled={!changed} onClick={() => take(base)}>{t('common.undo')}</Button>
        <Button type="primary" disabled={!changed || faulty || theirs !== undefined} loading={put.isPending} onClick={() => save(draft, base.version)}>{t('common.save')}</Button>
      </>
    )}>
      {theirs && <Conflict base={base} mine={draft} theirs={theirs} pending={put.isPending} onMerge={() => save(mergeKinds(base.items, draft, theirs.items), theirs.version)} onDiscard={() => take(theirs)} />}
      {changed && !theirs && <Alert type="info" role="status" showIcon title={t('kinds.unsaved')} style={{ marginBottom: 12 }} />}
      {put.isError && !isConflict(put.error) && <div style={{ marginBottom: 12 }}><ProblemView error={put.error} /></div>}
      {draft.length === 0
        ? <Teach icon={<NodeIndexOutlined />} title={t('kinds.none')} text={t('kinds.none_text')} />
        : <Table size="small" rowKey="at" columns={columns} dataSource={draft.map((one, at) => ({ kind: one, at }))} pagination={false} scroll={{ x: 'max-content' }} />}
      <p className="muted small" style={{ margin: '8px 0 0' }}>{t('kinds.words')}</p>
      {editing !== undefined && kind && (
        <KindEditor kind={kind} others={keysBeside(draft, editing)} isNew={!base.items.some((item) => item.key === kind.key) || keysBeside(draft, editing).includes(kind.key)} readOnly={readOnly} close={() => setEditing(undefined)}
          onChange={(next) => setDraft(draft.map((one, at) => (at === editing ? next : one)))} />
      )}
    </Panel>
  );
}

export function KindsTab() {
  const definitions = useListJourneyDefinitions();
  const refresh = async () => (await definitions.refetch()).data;
  return <Load query={definitions} rows={8}>{(data) => <Kinds book={data} refresh={refresh} />}</Load>;
}
