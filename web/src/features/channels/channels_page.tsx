// Which channel does what for customers, how they change between channels, and which part each has in conversions.
import { Tabs } from 'antd';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { Page } from '../../components/page';
import { AttributionTab } from './attribution_tab';
import { ScorecardTab } from './scorecard_tab';
import { SwitchingTab } from './switching_tab';

export function ChannelsPage() {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const tab = params.get('view') ?? 'scorecard';
  const choose = (view: string) => setParams((current) => {
    const address = new URLSearchParams(current);
    address.set('view', view);
    return address;
  }, { replace: true });
  return (
    <Page title={t('nav.channels')} answers={t('channels.answers')}>
      <Tabs activeKey={tab} onChange={choose} destroyOnHidden items={[
        { key: 'scorecard', label: t('channels.scorecard'), children: <ScorecardTab /> },
        { key: 'switching', label: t('channels.switching'), children: <SwitchingTab /> },
        { key: 'attribution', label: t('channels.attribution'), children: <AttributionTab /> },
      ]} />
    </Page>
  );
}
