// One page of a survey: its title, and where it leads.
import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Modal, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLanguage } from '../../i18n';
import { listIn, outlineOf, type Json } from './outline';
import { earlier } from './questions';
import { RuleRows } from './rule_rows';
import { firstTest, writeRule } from './rules';
import { WordsInput } from './words_input';

interface Props { document: Json; at: number; onDone: (change: Json) => void; onClose: () => void }

export function PageForm({ document, at, onDone, onClose }: Props) {
  const { t } = useTranslation();
  const language = useLanguage();
  const page = listIn(document, 'pages')[at] ?? {};
  const [title, setTitle] = useState<unknown>(page.title);
  const [skips, setSkips] = useState(listIn(page, 'skip'));
  const asked = earlier(document, { page: at + 1, question: 0 });
  const later = outlineOf(document, language).map((one, n) => ({ value: one.id, label: one.title || t('builder.page_n', { n: n + 1 }) })).slice(at + 2);
  const targets = [...later, { value: 'end', label: t('builder.to_end') }];
  const put = (n: number, change: Json) => setSkips(skips.map((one, k) => (k === n ? { ...one, ...change } : one)));
  const last = asked.at(-1);
  return (
    <Modal open title={t('builder.page')} width={720} onCancel={onClose} onOk={() => onDone({ id: page.id, title, ...(skips.length > 0 && { skip: skips }) })} okText={t('builder.take')} cancelText={t('common.cancel')} okButtonProps={{ disabled: skips.some((one) => one.if === undefined) }}>
      <div style={{ display: 'grid', gap: 12 }}>
        <WordsInput label={t('builder.page_title')} value={title} onChange={setTitle} />
        <span className="muted small">{t('builder.skips')}</span>
        {skips.map((skip, n) => (
          <div key={n} className="rule-box">
            <div className="rule-row">
              <span className="small">{t('builder.skip_to')}</span>
              <Select aria-label={t('builder.skip_to')} value={String(skip.to)} style={{ flex: 1, minWidth: 120 }} options={targets} onChange={(to) => put(n, { to })} />
              <Button type="text" danger icon={<DeleteOutlined />} aria-label={t('builder.remove', { what: t('builder.skips') })} onClick={() => setSkips(skips.filter((_, k) => k !== n))} />
            </div>
            <RuleRows rule={skip.if} questions={asked} always={t('builder.skip_needs_rule')} onChange={(rule) => put(n, { if: rule })} />
          </div>
        ))}
        {last && <div><Button size="small" icon={<PlusOutlined />} onClick={() => setSkips([...skips, { if: writeRule({ any: false, tests: [firstTest(last)] }, asked), to: 'end' }])}>{t('builder.add_skip')}</Button></div>}
      </div>
    </Modal>
  );
}
