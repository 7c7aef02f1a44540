// What the columns of the files mean: proposed and corrected in a form, a preset or saved mapping, or written as text.
import { Alert, Button, Form, Input, InputNumber, Segmented, Select, Table, Tag, type TableColumnsType } from 'antd';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem, request } from '../../api/client';
import {
  useListMappings, useSampleImport, useWriteMapping, type Import, type ImportSample, type MappingDraft, type SavedMapping,
} from '../../api/generated';
import { Panel, PanelSkeleton } from '../../components/page';
import { ProblemView, useProblemNotice } from '../../components/problem';
import { useNames } from '../../state/catalogue';

type Way = 'form' | 'saved' | 'text';
const kWays: Way[] = ['form', 'saved', 'text'];
const kKinds: MappingDraft['identifiers'][number]['kind'][] = ['user_id', 'email', 'phone', 'wechat_unionid', 'wechat_openid', 'loyalty_id', 'national_id', 'order_id', 'device_id', 'anonymous_id', 'external_id'];
const kEncodings = ['utf-8', 'gb18030', 'big5', 'utf-16le', 'utf-16be', 'windows-1252'];
const kDelimiters = [',', ';', '\t', '|', '^', '~', ':', ' ', '\u0001'];
const kDelimiterNames: Record<string, string> = { '\t': 'Tab', ' ': '␣', '\u0001': '\\x01' };
const kQuotes = ['"', "'", 'none'];
const kInstruments = ['nps', 'csat', 'ces', 'review'];

interface Stated {
  format?: string;
  encoding?: string;
  delimiter?: string;
  quote?: string;
  sheet?: string;
  records?: string;
}

/** How the file is read: as found, and as the user says instead. */
function Reading({ sample, stated, onState }: { sample: ImportSample; stated: Stated; onState: (stated: Stated) => void }) {
  const { t } = useTranslation();
  const set = (part: Stated) => onState({ ...stated, ...part });
  const isText = sample.encoding !== '';
  return (
    <div className="form-row">
      <Form.Item label={t('import.format')}><Select style={{ width: 120 }} value={sample.format} onChange={(format) => set({ format })} options={sample.formats.filter((format) => format !== 'segment').map((value) => ({ value, label: value }))} /></Form.Item>
      {isText && <Form.Item label={t('import.encoding')}><Select style={{ width: 140 }} value={sample.encoding} onChange={(encoding) => set({ encoding })} options={kEncodings.map((value) => ({ value, label: value }))} /></Form.Item>}
      {sample.delimiter !== '' && <Form.Item label={t('import.delimiter')}><Select style={{ width: 90 }} value={sample.delimiter} onChange={(delimiter) => set({ delimiter })} options={[...new Set([...kDelimiters, sample.delimiter])].map((value) => ({ value, label: kDelimiterNames[value] ?? value }))} /></Form.Item>}
      {sample.delimiter !== '' && <Form.Item label={t('import.quote')}><Select style={{ width: 90 }} value={stated.quote ?? '"'} onChange={(quote) => set({ quote })} options={kQuotes.map((value) => ({ value, label: value === 'none' ? t('import.no_quote') : value }))} /></Form.Item>}
      {sample.format === 'xlsx' && <Form.Item label={t('import.sheet')}><Input style={{ width: 160 }} defaultValue={sample.sheet} onBlur={(event) => set({ sheet: event.target.value })} /></Form.Item>}
      {sample.format === 'json' && <Form.Item label={t('import.records')}><Input style={{ width: 160 }} placeholder="data.items" defaultValue={stated.records} onBlur={(event) => set({ records: event.target.value })} /></Form.Item>}
    </div>
  );
}

function FirstRows({ sample }: { sample: ImportSample }) {
  const { t } = useTranslation();
  const columns: TableColumnsType<string[]> = sample.columns.map((column, at) => ({
    key: `${at}`, width: 150, ellipsis: true, render: (_, row) => row[at],
    title: <><div>{column.name || '–'}</div><Tag style={{ margin: 0, fontWeight: 400 }}>{t(`column.${column.type}`)}</Tag></>,
  }));
  return <Table<string[]> size="small" rowKey={(row) => sample.rows.indexOf(row)} columns={columns} dataSource={sample.rows.slice(0, 6)} pagination={false} scroll={{ x: Math.min(sample.columns.length, 40) * 150 }} />;
}

function Choice({ label, value, onChange, options, many }: { label: string; value: string | string[]; onChange: (value: never) => void; options: { value: string; label: string }[]; many?: boolean }) {
  return <Form.Item label={label}><Select<unknown> allowClear showSearch aria-label={label} {...(many && { mode: 'multiple' as const })} value={value === '' ? undefined : value} onChange={(next) => onChange((next ?? (many ? [] : '')) as never)} options={options} /></Form.Item>;
}

function Identifiers({ draft, columns, onChange }: { draft: MappingDraft; columns: { value: string; label: string }[]; onChange: (part: Partial<MappingDraft>) => void }) {
  const { t } = useTranslation();
  const set = (at: number, part: Partial<MappingDraft['identifiers'][number]>) => onChange({ identifiers: draft.identifiers.map((item, i) => (i === at ? { ...item, ...part } : item)) });
  return (
    <Form.Item label={t('import.who')} extra={t('import.who_explain')} className="wide">
      {draft.identifiers.map((item, at) => (
        <div key={at} className="import-identifier">
          <Select aria-label={t('import.kind')} value={item.kind} onChange={(kind) => set(at, { kind })} options={kKinds.map((value) => ({ value, label: t(`identifier.${value}`) }))} />
          <Select showSearch aria-label={t('import.column')} value={item.column} onChange={(column) => set(at, { column })} options={columns} />
          <Button size="small" type="text" onClick={() => onChange({ identifiers: draft.identifiers.filter((_, i) => i !== at) })}>{t('import.remove')}</Button>
        </div>
      ))}
      <Button size="small" onClick={() => onChange({ identifiers: [...draft.identifiers, { kind: 'user_id', column: columns[0]?.value ?? '' }] })}>{t('import.add_identifier')}</Button>
    </Form.Item>
  );
}

function DraftForm({ draft, sample, onChange }: { draft: MappingDraft; sample: ImportSample; onChange: (draft: MappingDraft) => void }) {
  const { t } = useTranslation();
  const names = useNames();
  const columns = sample.columns.filter((column) => column.name !== '').map((column) => ({ value: column.name, label: `${column.name} · ${t(`column.${column.type}`)}` }));
  const set = (part: Partial<MappingDraft>) => onChange({ ...draft, ...part });
  const zones = useMemo(() => ['UTC', ...Intl.supportedValuesOf('timeZone')].map((zone) => ({ value: zone, label: zone })), []);
  const setTime = (time_columns: string[]) => {
    const formats = time_columns.map((name) => sample.columns.find((column) => column.name === name)).filter((column) => column?.type === 'time').map((column) => column?.time_format ?? '');
    set({ time_columns, ...(time_columns.length === 1 && { time_format: formats[0] ?? '' }) });
  };
  return (
    <div className="import-form">
      <Form.Item label={t('import.source')}><Input aria-label={t('import.source')} value={draft.source} onChange={(event) => set({ source: event.target.value })} /></Form.Item>
      <Choice label={t('import.time')} value={draft.time_columns} many onChange={(value: string[]) => setTime(value)} options={columns} />
      <Form.Item label={t('import.time_format')}><Input aria-label={t('import.time_format')} placeholder="ISO 8601" value={draft.time_format} onChange={(event) => set({ time_format: event.target.value })} /></Form.Item>
      <Choice label={t('import.zone')} value={draft.zone} onChange={(zone: string) => set({ zone })} options={zones} />
      <Choice label={t('import.event_column')} value={draft.name_column} onChange={(name_column: string) => set({ name_column })} options={columns} />
      {!draft.name_column && <Form.Item label={t('import.event')}><Input aria-label={t('import.event')} value={draft.name} onChange={(event) => set({ name: event.target.value })} /></Form.Item>}
      <Identifiers draft={draft} columns={columns} onChange={set} />
      <Choice label={t('import.channel_column')} value={draft.channel_column} onChange={(channel_column: string) => set({ channel_column })} options={columns} />
      {!draft.channel_column && <Choice label={t('import.channel')} value={draft.channel} onChange={(channel: string) => set({ channel })} options={names.channels.map((value) => ({ value, label: names.channel(value) }))} />}
      <Choice label={t('import.case')} value={draft.case_column} onChange={(case_column: string) => set({ case_column })} options={columns} />
      <Choice label={t('import.session')} value={draft.session_column} onChange={(session_column: string) => set({ session_column })} options={columns} />
      <Choice label={t('import.unit')} value={draft.unit_column} onChange={(unit_column: string) => set({ unit_column })} options={columns} />
      <Choice label={t('import.amount')} value={draft.amount_column} onChange={(amount_column: string) => set({ amount_column, currency: draft.currency || 'CNY' })} options={columns} />
      {draft.amount_column && <Form.Item label={t('import.currency')}><Input aria-label={t('import.currency')} maxLength={3} value={draft.currency} onChange={(event) => set({ currency: event.target.value.toUpperCase() })} /></Form.Item>}
      {draft.amount_column && <Choice label={t('import.decimal')} value={draft.decimal} onChange={(decimal: '.' | ',') => set({ decimal: decimal || '.' })} options={['.', ','].map((value) => ({ value, label: value }))} />}
      <Choice label={t('import.score')} value={draft.score_column} onChange={(score_column: string) => set({ score_column, instrument: draft.instrument || 'csat' })} options={columns} />
      {draft.score_column && <Choice label={t('import.instrument')} value={draft.instrument} onChange={(instrument: string) => set({ instrument })} options={kInstruments.map((value) => ({ value, label: t(`instrument.${value}`) }))} />}
      {draft.score_column && <Form.Item label={t('import.scale')}><InputNumber aria-label={t('import.least')} value={draft.score_min} onChange={(value) => set({ score_min: value ?? 0 })} /> – <InputNumber aria-label={t('import.most')} value={draft.score_max} onChange={(value) => set({ score_max: value ?? 10 })} /></Form.Item>}
      <Choice label={t('import.text')} value={draft.text_columns} many onChange={(text_columns: string[]) => set({ text_columns })} options={columns} />
      <Choice label={t('import.message_id')} value={draft.id_column} onChange={(id_column: string) => set({ id_column })} options={columns} />
      <Choice label={t('import.properties')} value={draft.properties} many onChange={(properties: string[]) => set({ properties })} options={columns} />
    </div>
  );
}

export function ImportMapping({ item, busy, onTry }: { item: Import; busy: boolean; onTry: (mapping: string) => void }) {
  const { t } = useTranslation();
  const notice = useProblemNotice();
  const [file, setFile] = useState('');
  const [stated, setStated] = useState<Stated>({});
  const [way, setWay] = useState<Way>('form');
  const [draft, setDraft] = useState<MappingDraft | null>(null);
  const [saved, setSaved] = useState('');
  const [text, setText] = useState(item.mapping);
  const shown = item.files.some((entry) => entry.name === file) ? file : item.files[0]?.name ?? '';
  const sample = useSampleImport({ id: item.id, file: shown, ...stated }, { enabled: shown !== '' });
  const mappings = useListMappings({ staleTime: 10_000 });
  const write = useWriteMapping();
  const needsNone = sample.error instanceof ApiProblem && sample.error.problem.code === 'cannot_infer';
  useEffect(() => {
    if (!sample.data) return;
    setDraft(sample.data.draft);
    if (sample.data.preset) {
      setWay('saved');
      setSaved(sample.data.preset);
    }
  }, [sample.data]);
  const attempt = async () => {
    try {
      if (needsNone) return onTry('');
      if (way === 'text') return onTry(text);
      if (way === 'saved') return onTry((await request<SavedMapping>('GET', `/api/imports/mappings/${encodeURIComponent(saved)}`)).mapping);
      if (draft) {
        const { mapping } = await write.mutateAsync({ body: draft });
        setText(mapping);
        onTry(mapping);
      }
    } catch (error) {
      notice(error);
    }
  };
  const choices = [
    { label: t('import.own_mappings'), options: (mappings.data?.saved ?? []).map(({ name }) => ({ value: name, label: name })) },
    { label: t('import.presets'), options: (mappings.data?.presets ?? []).map((name) => ({ value: name, label: name })) },
  ];
  return (
    <Panel title={t('import.step_mapping')} tools={item.files.length > 1 && <Select size="small" aria-label={t('import.file')} style={{ minWidth: 180 }} value={shown} onChange={setFile} options={item.files.map(({ name }) => ({ value: name, label: name }))} />}>
      {needsNone && <Alert type="info" showIcon title={sample.error instanceof ApiProblem ? sample.error.problem.detail : ''} />}
      {sample.isError && !needsNone && <ProblemView error={sample.error} retry={() => void sample.refetch()} />}
      {sample.isPending && <PanelSkeleton rows={4} />}
      <Form layout="vertical" size="small">
        {sample.data && <><Reading sample={sample.data} stated={stated} onState={setStated} /><FirstRows sample={sample.data} /></>}
        {!needsNone && <div className="section"><Segmented<Way> value={way} onChange={setWay} options={kWays.map((value) => ({ value, label: t(`import_way.${value}`) }))} /></div>}
        <div className="section">
          {way === 'form' && sample.data && (draft
            ? <DraftForm draft={draft} sample={sample.data} onChange={setDraft} />
            : <Alert type="warning" showIcon title={t('import.no_proposal')} description={t('import.no_proposal_text')} />)}
          {way === 'saved' && !needsNone && <Form.Item label={t('import.mapping')}><Select showSearch aria-label={t('import.mapping')} style={{ maxWidth: 360 }} value={saved || undefined} onChange={setSaved} options={choices} /></Form.Item>}
          {way === 'text' && !needsNone && <Input.TextArea aria-label={t('import.mapping')} className="mono" rows={16} spellCheck={false} value={text} onChange={(event) => setText(event.target.value)} />}
        </div>
      </Form>
      <Button type="primary" data-testid="import-try" loading={busy || write.isPending} disabled={!needsNone && ((way === 'form' && !draft) || (way === 'saved' && !saved) || (way === 'text' && !text.trim()))} onClick={() => void attempt()}>{t('import.try')}</Button>
    </Panel>
  );
}
