// Personas: which there are, how many customers each has, and the form of one with its size as it is written.
import { DeleteOutlined, PlusOutlined, UserOutlined } from '@ant-design/icons';
import { App, Button, Drawer, Form, Input, Popconfirm, Table, type TableColumnsType } from 'antd';
import { useEffect, useId, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { ApiProblem, useInvalidate } from '../../api/client';
import { useDeletePersona, useGetPersonaSizes, useListPersonas, usePutPersona, type Persona, type PersonaSizes } from '../../api/generated';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { ProblemView } from '../../components/problem';
import { Teach } from '../../components/teach';
import { exact, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useFilters, useScope } from '../../state/filters';
import { useMay } from '../../state/session';
import { emptyPersona, kPersonasMax, personaFaults, usePersonas, type Draft } from './personas';

const kPatience = 500; // ms after the last change until the size is asked for

/** The time and the branches, of all customers. */
function useEverybody() {
  const { query: { persona: _, ...query }, ready } = useScope();
  return { query, ready };
}

/** How many a condition has as it stands; asked again when it has rested. */
function LiveSize({ where }: { where: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { query, ready } = useEverybody();
  const [condition, setCondition] = useState(where.trim());
  useEffect(() => {
    const timer = setTimeout(() => setCondition(where.trim()), kPatience);
    return () => clearTimeout(timer);
  }, [where]);
  const found = useGetPersonaSizes({ ...query, condition }, { enabled: ready && condition !== '' });
  const size = found.data?.items[0];
  const words = () => {
    if (condition === '') return t('persona.size_waits');
    if (!size) return t('kinds.counting');
    if (size.customers === null) return t('persona.unanswered', { problem: size.problem });
    return t('persona.is', { count: size.customers, shown: exact(size.customers, language), share: size.share === null ? '–' : percent(size.share, language) });
  };
  return (
    <div className="panel" aria-live="polite" data-testid="persona-size" style={{ opacity: found.isFetching ? 0.6 : 1 }}>
      <b>{t('persona.size')}</b>
      {found.error && condition !== '' ? <ProblemView error={found.error} /> : <p className="num" style={{ margin: '4px 0 0' }}>{words()}</p>}
    </div>
  );
}

function Editor({ kept, others, close }: { kept: Persona | undefined; others: string[]; close: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const id = useId();
  const readOnly = !useMay()('manage_data');
  const invalidate = useInvalidate();
  const put = usePutPersona();
  const [draft, setDraft] = useState<Draft>(kept ?? emptyPersona());
  const [tried, setTried] = useState(false);
  const faults = personaFaults(draft, others);
  const save = () => {
    setTried(true);
    if (Object.keys(faults).length > 0) return;
    const { key, name_en, name_zh, description, goals, frustrations, quote, where, position, version } = draft;
    put.mutate({ key, body: { name_en: name_en.trim(), name_zh: name_zh.trim(), description, goals, frustrations, quote, where: where.trim(), position, version } }, {
      onSuccess: async () => {
        void message.success(t('persona.saved'));
        await invalidate('listPersonas', 'getPersonaSizes', 'getJourneyMap');
        close();
      },
    });
  };
  const field = (name: keyof Draft, input: ReactNode, explain = false) => {
    const fault = name === 'key' || name === 'name_en' || name === 'where' ? faults[name] : undefined;
    return (
      <Form.Item label={t(`persona.${name}`)} htmlFor={`${id}${name}`} validateStatus={tried && fault ? 'error' : ''} help={tried && fault ? t(`persona.why_${fault}`) : undefined} extra={explain ? t(`persona.${name}_words`) : undefined}>
        {input}
      </Form.Item>
    );
  };
  const line = (name: 'key' | 'name_en' | 'name_zh') => <Input id={`${id}${name}`} value={draft[name]} maxLength={40} readOnly={readOnly || (name === 'key' && kept !== undefined)} autoComplete="off" onChange={(event) => setDraft({ ...draft, [name]: event.target.value })} />;
  const text = (name: 'description' | 'goals' | 'frustrations' | 'quote' | 'where') => <Input.TextArea id={`${id}${name}`} autoSize={{ minRows: 2, maxRows: 8 }} value={draft[name]} maxLength={600} readOnly={readOnly} autoComplete="off" onChange={(event) => setDraft({ ...draft, [name]: event.target.value })} />;
  return (
    <Drawer open size="large" onClose={close} title={t(kept ? 'persona.one' : 'persona.new')} extra={!readOnly && <Button type="primary" loading={put.isPending} onClick={save}>{t('common.save')}</Button>}>
      <LiveSize where={draft.where} />
      {put.error && <div style={{ margin: '12px 0' }}><ProblemView error={put.error} /></div>}
      {put.error instanceof ApiProblem && put.error.problem.code === 'ledger_conflict' && kept && <Button style={{ marginBottom: 12 }} onClick={() => { void invalidate('listPersonas'); close(); }}>{t('design.read_anew')}</Button>}
      <Form layout="vertical" component="div" style={{ marginTop: 12 }}>
        <div className="grid two" style={{ rowGap: 0 }}>
          {field('name_zh', line('name_zh'))}
          {field('name_en', line('name_en'))}
        </div>
        {field('key', line('key'), true)}
        {field('where', text('where'), true)}
        {field('description', text('description'))}
        {field('goals', text('goals'))}
        {field('frustrations', text('frustrations'))}
        {field('quote', text('quote'), true)}
      </Form>
    </Drawer>
  );
}

function useColumns(sizes: PersonaSizes | undefined, readOnly: boolean, edit: (of: Persona) => void, remove: (of: Persona) => void): TableColumnsType<Persona> {
  const { t } = useTranslation();
  const language = useLanguage();
  const { name } = usePersonas();
  const [, setParams] = useSearchParams();
  const sizeOf = (of: Persona) => sizes?.items.find((one) => one.key === of.key);
  const show = (of: Persona) => setParams((current) => {
    const next = new URLSearchParams(current);
    next.set('view', 'map');
    next.set('persona', of.key);
    return next;
  });
  return [
    { title: t('persona.one'), key: 'name', width: 200, render: (_, of) => <><button type="button" className="link" onClick={() => edit(of)}>{name(of)}</button><br /><span className="mono muted small">{of.key}</span></> },
    {
      title: t('journey.customers'), key: 'customers', align: 'end',
      render: (_, of) => {
        const size = sizeOf(of);
        if (!size) return <span className="muted">…</span>;
        return size.customers === null ? <span className="muted small">{t('persona.unanswered', { problem: size.problem })}</span> : <span className="num">{exact(size.customers, language)}</span>;
      },
    },
    { title: t('persona.share'), key: 'share', align: 'end', render: (_, of) => <span className="num">{typeof sizeOf(of)?.share === 'number' ? percent(sizeOf(of)!.share!, language) : '–'}</span> },
    { title: t('persona.where'), key: 'where', render: (_, of) => <code className="small" style={{ overflowWrap: 'anywhere' }}>{of.where}</code> },
    {
      key: 'tools', align: 'end',
      render: (_, of) => (
        <span className="nowrap">
          <Button size="small" onClick={() => show(of)}>{t('persona.show')}</Button>
          {!readOnly && <Popconfirm title={t('persona.remove_sure')} onConfirm={() => remove(of)}><Button size="small" type="text" danger icon={<DeleteOutlined />} aria-label={`${t('common.remove')} ${of.key}`} /></Popconfirm>}
        </span>
      ),
    },
  ];
}

export function PersonasTab() {
  const { t } = useTranslation();
  const language = useLanguage();
  const readOnly = !useMay()('manage_data');
  const invalidate = useInvalidate();
  const { filters, setFilters } = useFilters();
  const personas = useListPersonas();
  const { query, ready } = useEverybody();
  const sizes = useGetPersonaSizes(query, { enabled: ready });
  const drop = useDeletePersona();
  const [editing, setEditing] = useState<Persona | 'new'>();
  const remove = (of: Persona) => drop.mutate({ key: of.key }, {
    onSuccess: async () => {
      if (filters.persona === of.key) setFilters({ persona: '' });
      await invalidate('listPersonas', 'getPersonaSizes');
    },
  });
  const columns = useColumns(sizes.data, readOnly, setEditing, remove);
  const items = personas.data?.items ?? [];
  const add = !readOnly && <Button type={items.length === 0 ? 'primary' : 'default'} icon={<PlusOutlined />} disabled={items.length >= kPersonasMax} onClick={() => setEditing('new')}>{t('persona.add')}</Button>;
  return (
    <Panel title={t('persona.title')} note={t('persona.note')} tools={items.length > 0 && add}>
      {drop.error && <ProblemView error={drop.error} />}
      {sizes.error && <ProblemView error={sizes.error} />}
      <Load query={personas} rows={6}>
        {(found) => (found.items.length === 0
          ? <Teach icon={<UserOutlined />} title={t('persona.none')} text={t('persona.none_text')} action={add} />
          : (
            <>
              <Table size="small" rowKey="key" columns={columns} dataSource={found.items} pagination={false} scroll={{ x: 'max-content' }} />
              {sizes.data && <p className="muted small num" style={{ margin: '8px 0 0' }} data-testid="persona-rest">{t('persona.rest', { customers: exact(sizes.data.customers, language), none: exact(sizes.data.in_none, language), several: exact(sizes.data.in_several, language) })}</p>}
            </>
          ))}
      </Load>
      {editing !== undefined && <Editor kept={editing === 'new' ? undefined : editing} others={items.filter((one) => editing === 'new' || one.key !== editing.key).map((one) => one.key)} close={() => setEditing(undefined)} />}
    </Panel>
  );
}
