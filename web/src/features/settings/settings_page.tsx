import { Tabs } from 'antd';
import { useTranslation } from 'react-i18next';
import { Page } from '../../components/page';
import { useMay } from '../../state/session';
import { useView } from '../../state/view';
import { IdentityTab } from './identity_tab';
import { KeysTab } from './keys_tab';
import { ProfileTab } from './profile_tab';
import { TouchpointsTab } from './touchpoints_tab';
import { UnitsTab } from './units_tab';
import { UsersTab } from './users_tab';

export function SettingsPage() {
  const { t } = useTranslation();
  const may = useMay();
  const [tab, choose] = useView('profile');
  const tabs = [
    { key: 'profile', label: t('settings.profile'), children: <ProfileTab />, shown: true },
    { key: 'users', label: t('settings.users'), children: <UsersTab />, shown: may('manage_users') },
    { key: 'units', label: t('settings.units_tab'), children: <UnitsTab />, shown: true },
    { key: 'keys', label: t('settings.keys'), children: <KeysTab />, shown: may('manage_data') },
    { key: 'identity', label: t('settings.identity'), children: <IdentityTab />, shown: may('manage_data') },
    { key: 'touchpoints', label: t('settings.touchpoints'), children: <TouchpointsTab />, shown: true },
  ].filter((tab) => tab.shown);
  return (
    <Page title={t('nav.settings')} answers={t('settings.answers')}>
      <Tabs activeKey={tab} onChange={choose} destroyOnHidden items={tabs.map(({ key, label, children }) => ({ key, label, children }))} />
    </Page>
  );
}
