// One cell of a service blueprint: its words, who answers for it, and the numbers that it shows.
import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Drawer, Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useListMetrics, type BlueprintBinding, type BlueprintCell, type BlueprintCellChange } from '../../api/generated';
import { useLanguage } from '../../i18n';
import { useNames } from '../../state/catalogue';
import type { Lane } from './blueprint_shape';

const kFigures = ['map.reach', 'map.wait', 'map.effort', 'map.feeling'];
const kBindingsMax = 6;

interface Values {
  text_en?: string;
  text_zh?: string;
  owner?: string;
  bindings?: BlueprintBinding[];
}

function Bindings() {
  const { t } = useTranslation();
  const language = useLanguage();
  const names = useNames();
  const metrics = useListMetrics({ staleTime: 300_000 });
  const keys = [
    { label: t('journey.map'), options: kFigures.map((key) => ({ value: key, label: t(`blueprint.figure_${key.slice(4)}`) })) },
    { label: t('blueprint.metrics'), options: (metrics.data?.items ?? []).map((one) => ({ value: one.key, label: language === 'zh' ? one.name_zh : one.name_en })) },
  ];
  const place = (list: string[], name: (key: string) => string) => list.map((key) => ({ value: key, label: name(key) }));
  return (
    <Form.List name="bindings">
      {(rows, { add, remove }) => (
        <>
          {rows.map((row) => (
            <div key={row.key} style={{ display: 'flex', gap: 8, flexWrap: 'wrap', marginBottom: 8 }}>
              <Form.Item name={[row.name, 'key']} noStyle rules={[{ required: true }]}><Select showSearch={{ optionFilterProp: 'label' }} style={{ flex: '2 1 180px' }} placeholder={t('blueprint.number')} aria-label={t('blueprint.number')} options={keys} /></Form.Item>
              <Form.Item name={[row.name, 'touchpoint']} noStyle><Select allowClear showSearch={{ optionFilterProp: 'label' }} style={{ flex: '1 1 120px' }} placeholder={t('by.touchpoint')} aria-label={t('by.touchpoint')} options={place(names.touchpoints, names.touchpoint)} /></Form.Item>
              <Form.Item name={[row.name, 'channel']} noStyle><Select allowClear style={{ flex: '1 1 110px' }} placeholder={t('by.channel')} aria-label={t('by.channel')} options={place(names.channels, names.channel)} /></Form.Item>
              <Button icon={<DeleteOutlined />} aria-label={t('common.remove')} onClick={() => remove(row.name)} />
            </div>
          ))}
          {rows.length < kBindingsMax && <Button icon={<PlusOutlined />} onClick={() => add({})}>{t('blueprint.add_number')}</Button>}
        </>
      )}
    </Form.List>
  );
}

export function BlueprintCellDrawer({ cell, lane, step, saving, onClose, onSave }: { cell: BlueprintCell | undefined; lane: Lane; step: string; saving: boolean; onClose: () => void; onSave: (cell: BlueprintCellChange) => void }) {
  const { t } = useTranslation();
  const submit = (values: Values) => onSave({
    lane, step, text_en: values.text_en?.trim() ?? '', text_zh: values.text_zh?.trim() ?? '', owner: values.owner?.trim() ?? '',
    bindings: (values.bindings ?? []).map((one) => ({ key: one.key, touchpoint: one.touchpoint ?? '', channel: one.channel ?? '' })),
  });
  const bindings = cell?.bindings.map((one) => ({ key: one.key, ...(one.touchpoint && { touchpoint: one.touchpoint }), ...(one.channel && { channel: one.channel }) }));
  return (
    <Drawer open onClose={onClose} size={Math.min(560, window.innerWidth)} title={t(`blueprint.lane_${lane}`)} destroyOnHidden closable={{ 'aria-label': t('common.close') }}>
      <Form<Values> layout="vertical" initialValues={{ ...cell, bindings: bindings ?? [] }} onFinish={submit} requiredMark={false} data-testid="blueprint-cell">
        <Form.Item name="text_zh" label={t('blueprint.text_zh')}><Input maxLength={600} /></Form.Item>
        <Form.Item name="text_en" label={t('blueprint.text_en')}><Input maxLength={600} /></Form.Item>
        <Form.Item name="owner" label={t('blueprint.owner')}><Input maxLength={60} /></Form.Item>
        <h3 className="section">{t('blueprint.numbers')}</h3>
        <p className="muted small">{t('blueprint.numbers_words')}</p>
        <Bindings />
        <Button type="primary" htmlType="submit" loading={saving} style={{ marginTop: 16, display: 'block' }}>{t('common.save')}</Button>
      </Form>
    </Drawer>
  );
}
