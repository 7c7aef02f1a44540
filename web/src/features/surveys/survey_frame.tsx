// What stands around the questions: title, opening and closing words; and quotas.
import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Input, InputNumber } from 'antd';
import { useTranslation } from 'react-i18next';
import { listIn, type Json } from './outline';
import { compact, earlier, freshId } from './questions';
import { RuleRows } from './rule_rows';
import { WordsInput } from './words_input';

interface Props { document: Json; disabled: boolean; onChange: (document: Json) => void }

export function SurveyFrame({ document, disabled, onChange }: Props) {
  const { t } = useTranslation();
  const quotas = listIn(document, 'quotas');
  const asked = earlier(document);
  const put = (next: Json[]) => {
    const { quotas: _, ...rest } = document;
    onChange(next.length > 0 ? { ...rest, quotas: next } : rest);
  };
  const change = (at: number, part: Json) => put(quotas.map((one, n) => (n === at ? compact({ ...one, ...part }) : one)));
  return (
    <div style={{ display: 'grid', gap: 12 }}>
      {(['title', 'intro', 'thanks'] as const).map((field) => <WordsInput key={field} label={t(`builder.survey_${field}`)} disabled={disabled} value={document[field]} onChange={(words) => onChange(compact({ ...document, [field]: words }))} />)}
      <div><b>{t('builder.quotas')}</b> <span className="muted small">{t('builder.quotas_note')}</span></div>
      {quotas.map((quota, at) => (
        <fieldset key={at} className="rule-box" disabled={disabled} data-testid="quota">
          <div className="rule-row">
            <Input aria-label={t('builder.quota_id')} value={String(quota.id ?? '')} style={{ flex: 1, minWidth: 100 }} onChange={(event) => change(at, { id: event.target.value })} />
            <InputNumber aria-label={t('builder.quota_most')} min={1} precision={0} value={Number(quota.most ?? 1)} suffix={t('builder.quota_answers')} style={{ width: 170 }} onChange={(most) => change(at, { most: most ?? 1 })} />
            {!disabled && <Button type="text" danger icon={<DeleteOutlined />} aria-label={t('builder.remove', { what: String(quota.id) })} onClick={() => put(quotas.filter((_, n) => n !== at))} />}
          </div>
          <RuleRows rule={quota.if} questions={asked} always={t('builder.quota_all')} onChange={(rule) => change(at, { if: rule })} />
        </fieldset>
      ))}
      {!disabled && <div><Button size="small" icon={<PlusOutlined />} disabled={quotas.length >= 50} onClick={() => put([...quotas, { id: freshId(quotas.map((one) => String(one.id)), 'quota'), most: 100 }])}>{t('builder.add_quota')}</Button></div>}
    </div>
  );
}
