// Registers a table that stays in another system: where it is, then its columns as they are there, and which of
// them says who the customer is.
import { Button, Checkbox, Drawer, Form, Input, InputNumber, Radio, Select, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useInvalidate } from '../../api/client';
import {
  useCreateVirtualSource, useListUnits, useProbeVirtualSource, useUpdateVirtualSource, type VirtualColumn, type VirtualKind, type VirtualSource,
} from '../../api/generated';
import { ProblemView } from '../../components/problem';
import { useNames } from '../../state/catalogue';

const kIdentifiers = ['phone', 'email', 'user_id', 'loyalty_id', 'national_id', 'order_id', 'external_id', 'wechat_unionid', 'wechat_openid', 'device_id', 'anonymous_id'] as const;
type Identifier = (typeof kIdentifiers)[number];

interface Values {
  key: string;
  name: string;
  owner?: string;
  unit?: string;
  key_kind: Identifier;
  settings: Record<string, string | undefined>;
  secrets?: Record<string, string | undefined>;
  rows_max: number;
  time_max_seconds: number;
  refresh_seconds: number;
}

const texts = (values: Record<string, string | undefined> = {}) => Object.fromEntries(Object.entries(values).flatMap(([key, value]) => (value ? [[key, value]] : []))) as Record<string, string>;

/** Which identifier a column's name speaks of, in English or Chinese. */
function guess(name: string): Identifier | undefined {
  if (/phone|mobile|tel|\u624b\u673a|\u7535\u8bdd/i.test(name)) return 'phone';
  if (/mail|\u90ae\u7bb1/i.test(name)) return 'email';
  if (/card|member|loyalty|\u4f1a\u5458/i.test(name)) return 'loyalty_id';
  return /(user|customer|cust)_?(id|no)?$|\u5ba2\u6237/i.test(name) ? 'user_id' : undefined;
}

const defaults = (kind: VirtualKind) => ({
  settings: Object.fromEntries(kind.settings.filter((one) => !one.secret && one.default).map((one) => [one.key, one.default])),
  key_kind: 'phone' as const, rows_max: 2_000_000, time_max_seconds: 30, refresh_seconds: 60,
});

/** Where the other system is, and how to get in. */
function ConnectionFields({ kind, secrets }: { kind: VirtualKind; secrets: string[] }) {
  const { t } = useTranslation();
  return (
    <>
        {kind.settings.map((one) => (one.secret
          ? <Form.Item key={one.key} name={['secrets', one.key]} label={t(`virtual.setting_${one.key}`)} extra={t('virtual.secret_explain')}><Input.Password autoComplete="new-password" placeholder={secrets.includes(one.key) ? t('connector.secret_set') : ''} /></Form.Item>
          : (
            <Form.Item key={one.key} name={['settings', one.key]} label={t(`virtual.setting_${one.key}`)} extra={t(`virtual.explain_${one.key}`, { defaultValue: '' })} rules={one.required ? [{ required: true, message: t('connector.needed') }] : []}>
              {one.choices.length > 0 ? <Select options={one.choices.map((value) => ({ value, label: t(`virtual.choice_${value}`, { defaultValue: value }) }))} /> : <Input autoComplete="off" />}
            </Form.Item>
          )))}
    </>
  );
}

/** What each column means, and which names the customer. */
function ColumnsTable({ columns, keyColumn, onKey, onChange }: {
  columns: VirtualColumn[]; keyColumn: string; onKey: (name: string) => void; onChange: (name: string, part: Partial<VirtualColumn>) => void;
}) {
  const { t } = useTranslation();
  return (
    <Table<VirtualColumn> rowKey="name" size="small" pagination={false} dataSource={columns} scroll={{ x: 'max-content', y: 360 }} columns={[
      { title: t('virtual.is_customer'), key: 'is', width: 90, align: 'center', render: (_, column) => <Radio checked={keyColumn === column.name} onChange={() => onKey(column.name)} aria-label={`${t('virtual.is_customer')}: ${column.name}`} /> },
      { title: t('virtual.column'), key: 'name', render: (_, column) => <><span className="mono">{column.name}</span><br /><span className="muted small">{column.native || t(`virtual.type_${column.type}`)}</span></> },
      { title: t('virtual.meaning'), key: 'meaning', render: (_, column) => <Input value={column.meaning} aria-label={`${t('virtual.meaning')}: ${column.name}`} onChange={(event) => onChange(column.name, { meaning: event.target.value })} /> },
      { title: t('virtual.masked'), key: 'sensitive', width: 90, align: 'center', render: (_, column) => <Checkbox checked={column.sensitive || column.name === keyColumn} disabled={column.name === keyColumn} aria-label={`${t('virtual.masked')}: ${column.name}`} onChange={(event) => onChange(column.name, { sensitive: event.target.checked })} /> },
    ]} />
  );
}

export function VirtualForm({ kind, source, onClose }: { kind: VirtualKind; source?: VirtualSource; onClose: () => void }) {
  const { t } = useTranslation();
  const names = useNames();
  const units = useListUnits({ staleTime: 300_000 });
  const invalidate = useInvalidate();
  const [form] = Form.useForm<Values>();
  const [columns, setColumns] = useState<VirtualColumn[]>(source?.columns ?? []);
  const [keyColumn, setKeyColumn] = useState(source?.key_column ?? '');
  const probe = useProbeVirtualSource();
  const create = useCreateVirtualSource();
  const change = useUpdateVirtualSource();
  const failed = create.error ?? change.error;
  const read = async () => {
    await form.validateFields(kind.settings.filter((one) => !one.secret).map((one) => ['settings', one.key]));
    const { settings, secrets, time_max_seconds } = form.getFieldsValue(true) as Values;
    probe.mutate({ body: { kind: kind.key, settings: texts(settings), secrets: texts(secrets), time_max_seconds, ...(source && { key: source.key }) } }, {
      onSuccess: ({ items }) => {
        setColumns(items.map((column) => {
          const before = columns.find((one) => one.name === column.name);
          return before ? { ...column, meaning: before.meaning, sensitive: before.sensitive } : column;
        }));
        if (items.some((column) => column.name === keyColumn)) return;
        const likely = items.find((column) => guess(column.name));
        setKeyColumn(likely?.name ?? '');
        if (likely) form.setFieldValue('key_kind', guess(likely.name));
      },
    });
  };
  const set = (name: string, part: Partial<VirtualColumn>) => setColumns(columns.map((column) => (column.name === name ? { ...column, ...part } : column)));
  const submit = (values: Values) => {
    const { settings, secrets, owner = '', unit = '', ...rest } = values;
    const body = { ...rest, owner, unit, kind: kind.key, settings: texts(settings), secrets: texts(secrets), columns, key_column: keyColumn, enabled: source?.enabled ?? true };
    const done = { onSuccess: () => void invalidate('listVirtualSources', 'previewVirtualSource').then(onClose) };
    if (source) change.mutate({ id: source.id, body }, done);
    else create.mutate({ body }, done);
  };
  const needed = [{ required: true, message: t('connector.needed') }];
  return (
    <Drawer open onClose={onClose} size={Math.min(860, window.innerWidth)} title={source ? source.name : `${t('virtual.new')}: ${t(`virtual.kind_${kind.key}`)}`} destroyOnHidden>
      <p className="muted" style={{ marginTop: 0 }}>{t('virtual.about')}</p>
      <Form<Values>
        form={form} layout="vertical" requiredMark={false} onFinish={submit}
        initialValues={source ? { ...source, settings: source.settings ?? {} } : defaults(kind)}
      >
        <div className="grid" style={{ gridTemplateColumns: 'repeat(auto-fit, minmax(min(240px, 100%), 1fr))', columnGap: 16, rowGap: 0 }}>
          <Form.Item name="name" label={t('source.name')} rules={needed}><Input autoFocus autoComplete="off" /></Form.Item>
          <Form.Item name="key" label={t('virtual.key')} extra={t('virtual.key_explain')} rules={[{ required: true, pattern: /^[a-z][a-z0-9_-]{0,39}$/, message: t('virtual.key_rule') }]}><Input autoComplete="off" disabled={source !== undefined} placeholder="crm" /></Form.Item>
          <ConnectionFields kind={kind} secrets={source?.secrets ?? []} />
        </div>
        <div style={{ display: 'grid', gap: 12, marginBottom: 20 }}>
          <div><Button onClick={() => void read()} loading={probe.isPending}>{t('virtual.read_columns')}</Button></div>
          {probe.error && <ProblemView error={probe.error} />}
          {columns.length > 0 && (
            <ColumnsTable columns={columns} keyColumn={keyColumn} onKey={setKeyColumn} onChange={set} />
          )}
        </div>
        <div className="grid" style={{ gridTemplateColumns: 'repeat(auto-fit, minmax(min(240px, 100%), 1fr))', columnGap: 16, rowGap: 0 }}>
          <Form.Item name="key_kind" label={t('virtual.key_kind')}><Select options={kIdentifiers.map((value) => ({ value, label: t(`identifier.${value}`) }))} /></Form.Item>
          <Form.Item name="owner" label={t('source.owner')}><Input autoComplete="off" /></Form.Item>
          {(units.data?.items.length ?? 0) > 0 && <Form.Item name="unit" label={t('virtual.unit')}><Select allowClear options={units.data?.items.map((unit) => ({ value: unit.key, label: names.unit(unit.key) }))} /></Form.Item>}
          <Form.Item name="rows_max" label={t('virtual.rows_max')}><InputNumber style={{ width: '100%' }} min={1} max={20_000_000} precision={0} /></Form.Item>
          <Form.Item name="time_max_seconds" label={t('virtual.time_max')}><InputNumber style={{ width: '100%' }} min={1} max={300} precision={0} /></Form.Item>
          <Form.Item name="refresh_seconds" label={t('virtual.refresh')}><InputNumber style={{ width: '100%' }} min={0} max={3600} precision={0} /></Form.Item>
        </div>
        {failed && <div style={{ marginBottom: 16 }}><ProblemView error={failed} /></div>}
        <Button type="primary" htmlType="submit" disabled={!keyColumn} loading={create.isPending || change.isPending}>{t(source ? 'common.save' : 'virtual.register')}</Button>
      </Form>
    </Drawer>
  );
}
