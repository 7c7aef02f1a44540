// Branches, brands and regions: names, what belongs to what, and where their days begin.
import { ApartmentOutlined, PlusOutlined } from '@ant-design/icons';
import { App, AutoComplete, Button, Form, Input, Modal, Popconfirm, Select, Table, type TableColumnsType } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useInvalidate } from '../../api/client';
import { useListUnits, usePutUnits, type Unit, type UnitChange } from '../../api/generated';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { ProblemView } from '../../components/problem';
import { Teach } from '../../components/teach';
import { exact } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useNames } from '../../state/catalogue';
import { withBelow } from '../../state/filters';
import { useMay } from '../../state/session';

const kZones = (Intl.supportedValuesOf?.('timeZone') ?? []).map((value) => ({ value }));

function UnitModal({ unit, units, onClose }: { unit: Unit | null; units: Unit[]; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const names = useNames();
  const invalidate = useInvalidate();
  const put = usePutUnits();
  const save = (change: UnitChange) => put.mutate({ body: { items: [change] } }, {
    onSuccess: async () => {
      void message.success(t('unit.saved'));
      await invalidate('listUnits');
      onClose();
    },
  });
  const submit = (values: UnitChange) => save({
    key: unit?.key ?? values.key.trim(), name_en: values.name_en?.trim() ?? '', name_zh: values.name_zh?.trim() ?? '', parent: values.parent ?? '', zone: values.zone?.trim() ?? '',
  });
  const inside = withBelow(units, unit ? [unit.key] : []); // none of them can become its parent
  const parents = units.filter((candidate) => candidate.listed && !inside.has(candidate.key)).map(({ key }) => ({ value: key, label: names.unit(key) }));
  const start = unit ? { ...unit, parent: unit.parent || undefined, zone: unit.own_zone } : {};
  return (
    <Modal open title={unit ? t('unit.edit', { unit: names.unit(unit.key) }) : t('unit.new')} onCancel={onClose} footer={null}>
      <Form layout="vertical" initialValues={start} onFinish={submit} requiredMark={false}>
        {!unit && <Form.Item name="key" label={t('unit.key')} extra={t('unit.key_explain')} rules={[{ required: true, whitespace: true, max: 120, message: t('unit.key_required') }]}><Input autoFocus autoComplete="off" /></Form.Item>}
        <Form.Item name="name_zh" label={t('unit.name_zh')}><Input autoComplete="off" maxLength={60} /></Form.Item>
        <Form.Item name="name_en" label={t('unit.name_en')}><Input autoComplete="off" maxLength={120} /></Form.Item>
        <Form.Item name="parent" label={t('unit.parent')}><Select allowClear showSearch={{ optionFilterProp: 'label' }} placeholder={t('unit.parent_none')} options={parents} /></Form.Item>
        <Form.Item name="zone" label={t('unit.zone')} extra={t('unit.zone_explain')}>
          <AutoComplete allowClear options={kZones} showSearch={{ filterOption: (typed, option) => (option?.value ?? '').toLowerCase().includes(typed.toLowerCase()) }} placeholder={unit && !unit.own_zone ? unit.zone : ''} />
        </Form.Item>
        {put.isError && <div style={{ marginBottom: 16 }}><ProblemView error={put.error} /></div>}
        <div style={{ display: 'flex', gap: 8 }}>
          <Button type="primary" htmlType="submit" loading={put.isPending}>{t('common.save')}</Button>
          {unit?.listed && <Popconfirm title={t('unit.forget_sure')} onConfirm={() => save({ key: unit.key })}><Button danger>{t('unit.forget')}</Button></Popconfirm>}
        </div>
      </Form>
    </Modal>
  );
}

function UnitTable({ units, onEdit }: { units: Unit[]; onEdit: ((unit: Unit) => void) | undefined }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const names = useNames();
  const [search, setSearch] = useState('');
  const shown = useMemo(() => {
    const wanted = search.trim().toLowerCase();
    return units.filter((unit) => `${unit.key} ${unit.name_en} ${unit.name_zh}`.toLowerCase().includes(wanted));
  }, [units, search]);
  const columns = useMemo<TableColumnsType<Unit>>(() => [
    { title: t('unit.name'), key: 'name', sorter: (a, b) => names.unit(a.key).localeCompare(names.unit(b.key), language), render: (_, unit) => <>{names.unit(unit.key)}<br /><span className="muted small">{unit.key}</span></> },
    { title: t('unit.parent'), key: 'parent', responsive: ['md'], render: (_, unit) => (unit.parent ? names.unit(unit.parent) : '–') },
    { title: t('unit.zone'), key: 'zone', render: (_, unit) => <span className={unit.own_zone ? 'nowrap' : 'muted nowrap'}>{unit.zone}{!unit.own_zone && <><br /><span className="small">{t('unit.zone_inherited')}</span></>}</span> },
    { title: t('unit.events'), key: 'events', align: 'end', responsive: ['md'], sorter: (a, b) => a.events - b.events, render: (_, unit) => <span className="num">{exact(unit.events, language)}</span> },
    ...(onEdit ? [{ key: 'edit', align: 'end' as const, render: (_: unknown, unit: Unit) => <Button size="small" onClick={() => onEdit(unit)}>{t('common.edit')}</Button> }] : []),
  ], [t, language, names, onEdit]);
  return (
    <>
      {units.length > 10 && <Input allowClear style={{ maxWidth: 280, marginBottom: 10 }} value={search} onChange={(event) => setSearch(event.target.value)} placeholder={t('unit.search')} aria-label={t('unit.search')} />}
      <Table<Unit> rowKey="key" size="middle" columns={columns} dataSource={shown} pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }} scroll={{ x: 'max-content' }} />
    </>
  );
}

export function UnitsTab() {
  const { t } = useTranslation();
  const may = useMay()('manage_users');
  const units = useListUnits();
  const [editing, setEditing] = useState<Unit | null | undefined>();
  const add = may && <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing(null)}>{t('unit.new')}</Button>;
  return (
    <Panel title={t('settings.units_tab')} tools={add}>
      <p className="muted" style={{ marginTop: 0 }}>{t('unit.answers')}</p>
      <Load query={units}>
        {({ items }) => (items.length === 0 ? <Teach icon={<ApartmentOutlined />} title={t('unit.empty')} text={t('unit.empty_text')} /> : <UnitTable units={items} onEdit={may ? setEditing : undefined} />)}
      </Load>
      {editing !== undefined && <UnitModal unit={editing} units={units.data?.items ?? []} onClose={() => setEditing(undefined)} />}
    </Panel>
  );
}
