// Sets a connector up: the fields that its kind declares, and for what comes in the mapping with its test box.
import { Button, Drawer, Form, Input, InputNumber, Select, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useInvalidate } from '../../api/client';
import { useCreateConnector, useListUnits, useUpdateConnector, type Connector, type ConnectorField, type ConnectorKind } from '../../api/generated';
import { ProblemView } from '../../components/problem';
import { useNames } from '../../state/catalogue';
import { MappingBox } from './mapping_box';

interface Values {
  key: string;
  name: string;
  channel?: string;
  unit?: string;
  field?: Record<string, string | number | boolean | null | undefined>;
}

function FieldInput({ kind, field, isSet }: { kind: ConnectorKind; field: ConnectorField; isSet: boolean }) {
  const { t, i18n } = useTranslation();
  // A kind may have words of its own for a setting that others have too.
  const words = (what: string) => [`connector.${what}_${kind.key}_${field.key}`, `connector.${what}_${field.key}`].find((key) => i18n.exists(key));
  const explain = words('explain');
  const kept = field.type === 'secret' && isSet;
  const input = () => {
    switch (field.type) {
      case 'secret': return <Input.Password autoComplete="new-password" placeholder={kept ? t('connector.secret_set') : ''} />;
      case 'whole': return <InputNumber style={{ width: '100%' }} precision={0} />;
      case 'flag': return <Switch />;
      case 'choice': return <Select options={field.choices.map((value) => ({ value, label: i18n.exists(`connector.choice_${value}`) ? t(`connector.choice_${value}`) : value }))} />;
      case 'list': return <Input.TextArea autoSize={{ minRows: 1, maxRows: 6 }} />;
      default: return <Input autoComplete="off" />;
    }
  };
  return (
    <Form.Item
      name={['field', field.key]} label={t(words('field') ?? field.key)} valuePropName={field.type === 'flag' ? 'checked' : 'value'}
      {...(explain && { extra: t(explain) })} rules={field.required && !kept ? [{ required: true, message: t('connector.needed') }] : []}
    >
      {input()}
    </Form.Item>
  );
}

/** What the form starts with: what is set, else the default, in the type of its input. */
function startOf(kind: ConnectorKind, connector: Connector | undefined) {
  return Object.fromEntries(kind.fields.map((field) => {
    const text = connector?.settings[field.key] ?? field.default;
    if (field.type === 'secret') return [field.key, undefined];
    if (field.type === 'whole') return [field.key, Number(text)];
    return [field.key, field.type === 'flag' ? text === 'true' : text];
  }));
}

function textsOf(kind: ConnectorKind, values: NonNullable<Values['field']>, secret: boolean) {
  const all = kind.fields.filter((field) => (field.type === 'secret') === secret).map((field) => [field.key, values[field.key]] as const);
  // A default is not written down, so that it can change with the program; a secret that is not typed stays.
  return Object.fromEntries(all.filter(([key, value]) => (secret ? Boolean(value) : String(value ?? '') !== (kind.fields.find((field) => field.key === key)?.default ?? ''))).map(([key, value]) => [key, String(value ?? '')]));
}

export function ConnectorForm({ kind, connector, onClose }: { kind: ConnectorKind; connector?: Connector; onClose: () => void }) {
  const { t } = useTranslation();
  const names = useNames();
  const units = useListUnits({ staleTime: 300_000 });
  const invalidate = useInvalidate();
  const create = useCreateConnector();
  const change = useUpdateConnector();
  const [mapping, setMapping] = useState(connector?.mapping ?? kind.mapping);
  const failed = create.error ?? change.error;
  const done = async () => {
    await invalidate('listConnectors', 'listSources', 'getConnectorLog');
    onClose();
  };
  const submit = ({ key, name, channel, unit, field = {} }: Values) => {
    const body = { name, settings: textsOf(kind, field, false), secrets: textsOf(kind, field, true), ...(kind.takes && { mapping: mapping === kind.mapping ? '' : mapping }) };
    if (connector) change.mutate({ id: connector.id, body }, { onSuccess: () => void done() });
    else create.mutate({ body: { ...body, kind: kind.key, key, ...(channel && { channel }), ...(unit && { unit }) } }, { onSuccess: () => void done() });
  };
  return (
    <Drawer open onClose={onClose} size={Math.min(760, window.innerWidth)} title={connector ? connector.name : t(`connector.kind_${kind.key}`)} destroyOnHidden>
      <p className="muted" style={{ marginTop: 0 }}>{t(`connector.about_${kind.key}`)}</p>
      <Form<Values> layout="vertical" requiredMark={false} onFinish={submit} initialValues={{ name: connector?.name, key: connector?.key, field: startOf(kind, connector) }}>
        <Form.Item name="name" label={t('connector.name')} rules={[{ required: true, whitespace: true, max: 80, message: t('connector.needed') }]}><Input autoFocus autoComplete="off" /></Form.Item>
        {!connector && <Form.Item name="key" label={t('connector.key')} extra={t(kind.called ? 'connector.key_path' : 'connector.key_explain')} rules={[{ required: true, pattern: /^[a-z0-9][a-z0-9-]{0,59}$/, message: t('connector.key_rule') }]}><Input autoComplete="off" {...(kind.called && { addonBefore: '/hooks/' })} /></Form.Item>}
        {!connector && kind.takes && <Form.Item name="channel" label={t('source.channel')} extra={t('source.channel_explain')}><Select allowClear options={names.channels.map((value) => ({ value, label: names.channel(value) }))} /></Form.Item>}
        {!connector && kind.takes && (units.data?.items.length ?? 0) > 0 && <Form.Item name="unit" label={t('source.unit')}><Select allowClear options={units.data?.items.map((unit) => ({ value: unit.key, label: names.unit(unit.key) }))} /></Form.Item>}
        {kind.fields.map((field) => <FieldInput key={field.key} kind={kind} field={field} isSet={connector?.secrets.includes(field.key) ?? false} />)}
        {kind.takes && <MappingBox kind={kind} value={mapping} onChange={setMapping} />}
        {failed && <div style={{ marginBottom: 16 }}><ProblemView error={failed} /></div>}
        <Button type="primary" htmlType="submit" loading={create.isPending || change.isPending}>{t(connector ? 'common.save' : 'connector.create')}</Button>
      </Form>
    </Drawer>
  );
}
