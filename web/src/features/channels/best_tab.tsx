// For how many customers each channel is the best, and of how many no channel can be named.
import { CompassOutlined } from '@ant-design/icons';
import { InputNumber } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useGetBestChannels, type BestChannels as Found } from '../../api/generated';
import { ExportMenu } from '../../charts/chart';
import { Bars } from '../../components/bars';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { Teach } from '../../components/teach';
import { Told } from '../../components/told';
import { exact, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useNames } from '../../state/catalogue';
import { useScope } from '../../state/filters';
import { PurposeChoice, type ChannelPurpose } from './best';

function Counts({ found }: { found: Found }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const names = useNames();
  const sure = percent(found.sure, language);
  const longest = Math.max(1, ...found.items.map((one) => one.customers), ...found.refused.map((one) => one.customers));
  const end = (count: number, words: string) => (
    <Told words={words}><button type="button" className="link num" data-drill="told">{exact(count, language)} · {percent(count / Math.max(1, found.drawn), language)}</button></Told>
  );
  return (
    <div data-testid="best-counts">
      <Bars bars={[
        ...found.items.map((one) => ({ key: one.channel, label: names.channel(one.channel), length: one.customers / longest, colour: 'var(--accent)', end: end(one.customers, t('best.count_words', { sure })) })),
        ...found.refused.map((one) => ({ key: `no ${one.why}`, label: <span className="muted">{t(`best.short_${one.why}`)}</span>, length: one.customers / longest, colour: 'color-mix(in srgb, var(--text) 35%, transparent)', end: end(one.customers, t(`best.why_${one.why}`, { sure })) })),
      ]} />
    </div>
  );
}

export function BestTab() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { query, ready } = useScope();
  const { channel: _all, ...scope } = query; // channels are compared, not filtered
  const [purpose, setPurpose] = useState<ChannelPurpose>('buy');
  const [sure, setSure] = useState(80);
  const found = useGetBestChannels({ ...scope, purpose, sure: sure / 100 }, { enabled: ready, keep: true });
  const data = found.data;
  return (
    <Panel title={t('best.many')} note={data && t('best.drawn', { drawn: exact(data.drawn, language), customers: exact(data.customers, language) })}
      tools={data && <ExportMenu name="best-channels" svg={() => null} rows={() => [...data.items.map((one) => ({ channel: one.channel, why: '', customers: one.customers })), ...data.refused.map((one) => ({ channel: '', why: one.why, customers: one.customers }))]} />}>
      <div className="filter-line" style={{ gap: '8px 16px' }}>
        <PurposeChoice value={purpose} onChange={setPurpose} />
        <label className="small muted">{t('best.sure')} <InputNumber<number> min={50} max={99} value={sure} suffix="%" style={{ width: 90 }} onChange={(value) => setSure(value ?? 80)} /></label>
      </div>
      <p className="muted small">{t(`best.words_${purpose}`)}</p>
      <Load query={found} rows={6}>
        {(shown) => (shown.drawn === 0 ? <Teach icon={<CompassOutlined />} title={t('best.empty')} text={t('best.empty_text')} /> : <Counts found={shown} />)}
      </Load>
      <p className="muted small" style={{ margin: '8px 0 0' }}>{t('best.note')}</p>
    </Panel>
  );
}
