// How are comments read, and how can that be made better?
import { Tabs } from 'antd';
import { useTranslation } from 'react-i18next';
import { Page } from '../../components/page';
import { useAddress } from '../../state/address';
import { AspectsTab } from './aspects_tab';
import { ModelsTab } from './models_tab';
import { RoutesTab } from './routes_tab';
import { WordsTab } from './words_tab';

export function LearningPage() {
  const { t } = useTranslation();
  const [tab, setTab] = useAddress('tab', 'models');
  return (
    <Page title={t('learn.title')} answers={t('learn.answers')}>
      <Tabs activeKey={tab} onChange={setTab} destroyOnHidden items={[
        { key: 'models', label: t('learn.models'), children: <ModelsTab /> },
        { key: 'aspects', label: t('learn.aspects'), children: <AspectsTab /> },
        { key: 'routes', label: t('learn.routes'), children: <RoutesTab /> },
        { key: 'words', label: t('learn.words'), children: <WordsTab /> },
      ]} />
    </Page>
  );
}
