// By which channel to meet this customer, for the purpose chosen.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useGetBestChannel } from '../../api/generated';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { BestChannels, PurposeChoice, type ChannelPurpose } from '../channels/best';

export function BestChannelPanel({ id }: { id: string }) {
  const { t } = useTranslation();
  const [purpose, setPurpose] = useState<ChannelPurpose>('buy');
  const found = useGetBestChannel({ id, purpose }, { keep: true });
  return (
    <Panel title={t('best.one')}>
      <PurposeChoice value={purpose} onChange={setPurpose} />
      <Load query={found} rows={4}>{(choice) => <BestChannels choice={choice} />}</Load>
      <p className="muted small" style={{ margin: '8px 0 0' }}>{t('best.note')}</p>
    </Panel>
  );
}
