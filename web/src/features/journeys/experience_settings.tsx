// What the digital-experience score is made of: weights, channels, and which events mean what; saved as a whole.
import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { App, Button, Drawer, Form, Input, InputNumber, Select } from 'antd';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { useInvalidate } from '../../api/client';
import { useGetExperienceSettings, usePutExperienceSettings, type ExperienceSettings } from '../../api/generated';
import { Load } from '../../components/load';
import { ProblemView } from '../../components/problem';
import { useNames } from '../../state/catalogue';
import { lacking } from './experience_shape';

const kParts = ['steps', 'load', 'findability', 'errors', 'interface', 'personalisation'] as const;

/** Matchers and properties: words of one's own, one by one. */
function Words({ name, label }: { name: (string | number)[] | string; label: string }) {
  return <Form.Item name={name} label={label} style={{ marginBottom: 8 }}><Select mode="tags" open={false} suffixIcon={null} tokenSeparators={['\n', '，', ',']} /></Form.Item>;
}

function Rules({ name, fields: Fields, empty, add }: { name: 'loads' | 'searches' | 'ratings'; fields: (props: { at: number }) => ReactElement; empty: object; add: string }) {
  const { t } = useTranslation();
  return (
    <Form.List name={name}>
      {(rows, { add: more, remove }) => (
        <>
          {rows.map((row) => (
            <div key={row.key} className="panel" style={{ marginBottom: 12 }}>
              <Fields at={row.name} />
              <Button size="small" icon={<DeleteOutlined />} onClick={() => remove(row.name)}>{t('common.remove')}</Button>
            </div>
          ))}
          <Button icon={<PlusOutlined />} style={{ marginBottom: 16 }} onClick={() => more(empty)}>{add}</Button>
        </>
      )}
    </Form.List>
  );
}

function LoadFields({ at }: { at: number }) {
  const { t } = useTranslation();
  return (
    <>
      <Words name={[at, 'events']} label={t('cem.load_events')} />
      <Words name={[at, 'properties']} label={t('cem.load_properties')} />
      <Form.Item name={[at, 'unit']} label={t('cem.unit')} style={{ marginBottom: 8 }}><Select style={{ width: 160 }} options={[{ value: 'ms', label: t('cem.unit_ms') }, { value: 's', label: t('cem.unit_s') }]} /></Form.Item>
    </>
  );
}

function SearchFields({ at }: { at: number }) {
  const { t } = useTranslation();
  return (
    <>
      <Words name={[at, 'searches']} label={t('cem.search_events')} />
      <Words name={[at, 'targets']} label={t('cem.search_targets')} />
      <Form.Item name={[at, 'minutes']} label={t('cem.search_minutes')} rules={[{ required: true }]} style={{ marginBottom: 8 }}><InputNumber min={1} max={1440} precision={0} /></Form.Item>
    </>
  );
}

function RatingFields({ at }: { at: number }) {
  const { t } = useTranslation();
  return (
    <div style={{ display: 'flex', gap: 12, flexWrap: 'wrap' }}>
      <Form.Item name={[at, 'instrument']} label={t('cem.instrument')} rules={[{ required: true }]} style={{ marginBottom: 8 }}><Input style={{ width: 140 }} maxLength={60} /></Form.Item>
      <Form.Item name={[at, 'worst']} label={t('cem.worst')} rules={[{ required: true }]} style={{ marginBottom: 8 }}><InputNumber /></Form.Item>
      <Form.Item name={[at, 'best']} label={t('cem.best')} rules={[{ required: true }]} style={{ marginBottom: 8 }}><InputNumber /></Form.Item>
    </div>
  );
}

function Weights() {
  const { t } = useTranslation();
  const weights = Form.useWatch<ExperienceSettings['weights'] | undefined>('weights');
  const rest = lacking({ ...weights });
  return (
    <>
      <div style={{ display: 'flex', gap: 12, flexWrap: 'wrap' }}>
        {kParts.map((part) => <Form.Item key={part} name={['weights', part]} label={t(`cem.part_${part}`)} rules={[{ required: true }]} style={{ marginBottom: 8 }}><InputNumber min={0} max={100} suffix="%" style={{ width: 120 }} /></Form.Item>)}
      </div>
      {weights && rest !== 0 && <p style={{ color: 'var(--bad)' }} role="alert">{t('cem.weights_rest', { rest })}</p>}
    </>
  );
}

function Editor({ data, onClose }: { data: ExperienceSettings; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const invalidate = useInvalidate();
  const names = useNames();
  const put = usePutExperienceSettings();
  const submit = (values: Omit<ExperienceSettings, 'version'>) => put.mutate({ body: { ...values, version: data.version } }, {
    onSuccess: async () => {
      void message.success(t('cem.saved'));
      await Promise.all([invalidate('getExperienceSettings'), invalidate('getExperience')]);
      onClose();
    },
  });
  return (
    <Form<ExperienceSettings> layout="vertical" initialValues={data} onFinish={submit} requiredMark={false} data-testid="experience-settings">
      <h3 className="section">{t('cem.weights')}</h3>
      <Weights />
      <Form.Item name="channels" label={t('cem.channels')}><Select mode="multiple" options={names.channels.map((one) => ({ value: one, label: names.channel(one) }))} /></Form.Item>
      <p className="muted small">{t('cem.matchers')}</p>
      <h3 className="section">{t('cem.part_load')}</h3>
      <Rules name="loads" fields={LoadFields} empty={{ events: [], properties: [], unit: 'ms' }} add={t('cem.add_rule')} />
      <h3 className="section">{t('cem.part_findability')}</h3>
      <Rules name="searches" fields={SearchFields} empty={{ searches: [], targets: [], minutes: 30 }} add={t('cem.add_rule')} />
      <h3 className="section">{t('cem.part_errors')}</h3>
      <Words name="errors" label={t('cem.error_events')} />
      <h3 className="section">{t('cem.part_interface')}</h3>
      <Rules name="ratings" fields={RatingFields} empty={{ instrument: '', worst: 1, best: 5 }} add={t('cem.add_rule')} />
      <Form.Item name="effort" label={t('cem.effort_instrument')} rules={[{ required: true }]}><Input style={{ width: 160 }} maxLength={60} /></Form.Item>
      <h3 className="section">{t('cem.part_personalisation')}</h3>
      <Words name="shown" label={t('cem.shown')} />
      <Words name="chosen" label={t('cem.chosen')} />
      <Words name="tastes" label={t('cem.tastes')} />
      {put.isError && <div style={{ margin: '16px 0' }}><ProblemView error={put.error} /></div>}
      <Button type="primary" htmlType="submit" loading={put.isPending} style={{ marginTop: 8 }}>{t('common.save')}</Button>
    </Form>
  );
}

export function ExperienceSettingsDrawer({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const settings = useGetExperienceSettings({ staleTime: 0 });
  return (
    <Drawer open onClose={onClose} size={Math.min(720, window.innerWidth)} title={t('cem.settings')} destroyOnHidden closable={{ 'aria-label': t('common.close') }}>
      <Load query={settings} rows={8}>{(data) => <Editor key={data.version} data={data} onClose={onClose} />}</Load>
    </Drawer>
  );
}
