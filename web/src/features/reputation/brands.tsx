// The brands that are followed: names, exclusions and the weights of reach; saved as a whole.
import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { App, Button, Checkbox, Drawer, Form, Input, InputNumber, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useInvalidate } from '../../api/client';
import { useListBrands, usePutBrands, type Brand, type BrandList, type ReputationWeights } from '../../api/generated';
import { Load } from '../../components/load';
import { ProblemView } from '../../components/problem';

interface Values {
  items: Partial<Brand>[];
  weights: ReputationWeights;
}

/** A key of its own for a new brand: from its name, else a number. */
export function keyFor(brand: Partial<Brand>, taken: Set<string>): string {
  const plain = (brand.name_en ?? '').trim().toLowerCase().replaceAll(/[^a-z0-9]+/g, '_').replaceAll(/^_|_$/g, '').slice(0, 50) || 'brand';
  for (let number = 1; ; ++number) {
    const key = number === 1 ? plain : `${plain}_${number}`;
    if (!taken.has(key)) return key;
  }
}

function Fields({ name, remove }: { name: number; remove: () => void }) {
  const { t } = useTranslation();
  return (
    <div className="panel" style={{ marginBottom: 12 }} data-testid="brand-form">
      <div style={{ display: 'flex', gap: 8, flexWrap: 'wrap', alignItems: 'center' }}>
        <Form.Item name={[name, 'key']} hidden><Input /></Form.Item>
        <Form.Item name={[name, 'name_zh']} style={{ flex: '1 1 140px', marginBottom: 8 }}><Input placeholder={t('reputation.name_zh')} aria-label={t('reputation.name_zh')} maxLength={60} /></Form.Item>
        <Form.Item name={[name, 'name_en']} style={{ flex: '1 1 140px', marginBottom: 8 }}><Input placeholder={t('reputation.name_en')} aria-label={t('reputation.name_en')} maxLength={120} /></Form.Item>
        <Form.Item name={[name, 'own']} valuePropName="checked" style={{ marginBottom: 8 }}><Checkbox>{t('reputation.own')}</Checkbox></Form.Item>
        <Button icon={<DeleteOutlined />} aria-label={t('common.remove')} onClick={remove} style={{ marginBottom: 8 }} />
      </div>
      <Form.Item name={[name, 'names']} label={t('reputation.names')} style={{ marginBottom: 8 }}><Select mode="tags" open={false} suffixIcon={null} tokenSeparators={['\n', '，', ',']} /></Form.Item>
      <Form.Item name={[name, 'exclusions']} label={t('reputation.exclusions')} style={{ marginBottom: 0 }}><Select mode="tags" open={false} suffixIcon={null} tokenSeparators={['\n', '，', ',']} /></Form.Item>
    </div>
  );
}

function Editor({ data, onClose }: { data: BrandList; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const invalidate = useInvalidate();
  const put = usePutBrands();
  const submit = (values: Values) => {
    const taken = new Set((values.items ?? []).map((one) => one.key).filter((key): key is string => Boolean(key)));
    const items = (values.items ?? []).map((one) => {
      const key = one.key || keyFor(one, taken);
      taken.add(key);
      return { key, own: one.own ?? false, name_en: one.name_en?.trim() ?? '', name_zh: one.name_zh?.trim() ?? '', names: one.names ?? [], exclusions: one.exclusions ?? [] };
    });
    put.mutate({ body: { version: data.version, items, weights: values.weights } }, {
      onSuccess: async () => {
        void message.success(t('reputation.saved'));
        await Promise.all([invalidate('listBrands'), invalidate('getReputation'), invalidate('getReputationBursts'), invalidate('listReputationPosts')]);
        onClose();
      },
    });
  };
  return (
    <Form<Values> layout="vertical" initialValues={{ items: data.items.length > 0 ? data.items : [{ own: true }], weights: data.weights }} onFinish={submit} requiredMark={false}>
      <p className="muted" style={{ marginTop: 0 }}>{t('reputation.brands_explain')}</p>
      <Form.List name="items">
        {(fields, { add, remove }) => (
          <>
            {fields.map((field) => <Fields key={field.key} name={field.name} remove={() => remove(field.name)} />)}
            <Button icon={<PlusOutlined />} onClick={() => add({ own: false, names: [], exclusions: [] })}>{t('reputation.add_brand')}</Button>
          </>
        )}
      </Form.List>
      <h3 className="section">{t('reputation.weights')}</h3>
      <p className="muted small">{t('reputation.weights_explain')}</p>
      <div style={{ display: 'flex', gap: 12, flexWrap: 'wrap' }}>
        {(['followers', 'likes', 'comments', 'shares'] as const).map((key) => <Form.Item key={key} name={['weights', key]} label={t(`reputation.weight_${key}`)}><InputNumber min={0} max={1_000_000} step={0.5} /></Form.Item>)}
      </div>
      {put.isError && <div style={{ marginBottom: 16 }}><ProblemView error={put.error} /></div>}
      <Button type="primary" htmlType="submit" loading={put.isPending}>{t('common.save')}</Button>
    </Form>
  );
}

export function BrandsDrawer({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const brands = useListBrands({ staleTime: 0 });
  return (
    <Drawer open onClose={onClose} size={Math.min(680, window.innerWidth)} title={t('reputation.edit_brands')} destroyOnHidden closable={{ 'aria-label': t('common.close') }}>
      <Load query={brands} rows={8}>{(data) => <Editor key={data.version} data={data} onClose={onClose} />}</Load>
    </Drawer>
  );
}
