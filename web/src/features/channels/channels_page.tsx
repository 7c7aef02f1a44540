// Which channel does what for customers, how they change between channels, and which part each has in conversions.
import { Tabs } from 'antd';
import { useTranslation } from 'react-i18next';
import { Page } from '../../components/page';
import { useView } from '../../state/view';
import { AttributionTab } from './attribution_tab';
import { BestTab } from './best_tab';
import { BudgetTab } from './budget_tab';
import { ScorecardTab } from './scorecard_tab';
import { SwitchingTab } from './switching_tab';

export function ChannelsPage() {
  const { t } = useTranslation();
  const [tab, choose] = useView('scorecard');
  return (
    <Page title={t('nav.channels')} answers={t('channels.answers')}>
      <Tabs activeKey={tab} onChange={choose} destroyOnHidden items={[
        { key: 'scorecard', label: t('channels.scorecard'), children: <ScorecardTab /> },
        { key: 'switching', label: t('channels.switching'), children: <SwitchingTab /> },
        { key: 'attribution', label: t('channels.attribution'), children: <AttributionTab /> },
        { key: 'best', label: t('best.tab'), children: <BestTab /> },
        { key: 'budget', label: t('budget.tab'), children: <BudgetTab /> },
      ]} />
    </Page>
  );
}
