// The pages: each a record of address, right, words, icon and component. The menu is made from it.
import {
  AimOutlined, AlertOutlined, ApiOutlined, CommentOutlined, DashboardOutlined, FormOutlined, LinkOutlined, MessageOutlined, NodeIndexOutlined, SettingOutlined, ShopOutlined, SolutionOutlined, SoundOutlined, TeamOutlined,
} from '@ant-design/icons';
import { lazy, type ComponentType, type ReactNode } from 'react';
import type { Permission } from './state/session';

export interface PageRecord {
  path: string;
  permission: Permission | 'any';
  titleKey: string;
  /** Words that the search also finds the page by. */
  keywordsKey: string;
  icon?: ReactNode;
  group?: 'collect' | 'understand' | 'act';
  component: ComponentType;
}

const named = <K extends string>(load: () => Promise<Record<K, ComponentType>>, name: K) =>
  lazy(async () => ({ default: (await load())[name] }));

export const kPages: PageRecord[] = [
  {
    path: '/', permission: 'view_metrics', titleKey: 'nav.overview', keywordsKey: 'keywords.overview', icon: <DashboardOutlined />,
    component: named(() => import('./features/overview/overview_page'), 'OverviewPage'),
  },
  {
    path: '/data', permission: 'manage_data', titleKey: 'nav.data', keywordsKey: 'keywords.data', icon: <ApiOutlined />, group: 'collect',
    component: named(() => import('./features/data/data_page'), 'DataPage'),
  },
  {
    path: '/connectors', permission: 'manage_data', titleKey: 'nav.connectors', keywordsKey: 'keywords.connectors', icon: <LinkOutlined />, group: 'collect',
    component: named(() => import('./features/connectors/connectors_page'), 'ConnectorsPage'),
  },
  {
    path: '/record', permission: 'view_customers', titleKey: 'nav.record', keywordsKey: 'keywords.record', icon: <FormOutlined />, group: 'collect',
    component: named(() => import('./features/record/record_page'), 'RecordPage'),
  },
  {
    path: '/surveys', permission: 'view_metrics', titleKey: 'nav.surveys', keywordsKey: 'keywords.surveys', icon: <SolutionOutlined />, group: 'collect',
    component: named(() => import('./features/surveys/surveys_page'), 'SurveysPage'),
  },
  {
    path: '/customers', permission: 'view_customers', titleKey: 'nav.customers', keywordsKey: 'keywords.customers', icon: <TeamOutlined />,
    component: named(() => import('./features/customers/customers_page'), 'CustomersPage'),
  },
  {
    path: '/journeys', permission: 'view_metrics', titleKey: 'nav.journeys', keywordsKey: 'keywords.journeys', icon: <NodeIndexOutlined />, group: 'understand',
    component: named(() => import('./features/journeys/journeys_page'), 'JourneysPage'),
  },
  {
    path: '/channels', permission: 'view_metrics', titleKey: 'nav.channels', keywordsKey: 'keywords.channels', icon: <ShopOutlined />, group: 'understand',
    component: named(() => import('./features/channels/channels_page'), 'ChannelsPage'),
  },
  {
    path: '/voice', permission: 'view_metrics', titleKey: 'nav.voice', keywordsKey: 'keywords.voice', icon: <CommentOutlined />, group: 'understand',
    component: named(() => import('./features/voice/voice_page'), 'VoicePage'),
  },
  {
    path: '/texts', permission: 'view_metrics', titleKey: 'nav.texts', keywordsKey: 'keywords.texts', icon: <MessageOutlined />, group: 'understand',
    component: named(() => import('./features/texts/texts_page'), 'TextsPage'),
  },
  {
    path: '/reputation', permission: 'view_metrics', titleKey: 'nav.reputation', keywordsKey: 'keywords.reputation', icon: <SoundOutlined />, group: 'understand',
    component: named(() => import('./features/reputation/reputation_page'), 'ReputationPage'),
  },
  {
    path: '/drivers', permission: 'view_metrics', titleKey: 'nav.drivers', keywordsKey: 'keywords.drivers', icon: <AimOutlined />, group: 'understand',
    component: named(() => import('./features/drivers/drivers_page'), 'DriversPage'),
  },
  {
    path: '/complaints', permission: 'view_customers', titleKey: 'nav.complaints', keywordsKey: 'keywords.complaints', icon: <AlertOutlined />, group: 'act',
    component: named(() => import('./features/complaints/complaints_page'), 'ComplaintsPage'),
  },
  {
    path: '/settings', permission: 'any', titleKey: 'nav.settings', keywordsKey: 'keywords.settings', icon: <SettingOutlined />,
    component: named(() => import('./features/settings/settings_page'), 'SettingsPage'),
  },
];

/** Pages without a place in the menu. */
export const kInnerPages: PageRecord[] = [
  {
    path: '/texts/learning', permission: 'view_metrics', titleKey: 'learn.title', keywordsKey: 'keywords.learn',
    component: named(() => import('./features/texts/learning_page'), 'LearningPage'),
  },
  {
    path: '/complaints/:id', permission: 'view_customers', titleKey: 'nav.complaints', keywordsKey: 'keywords.complaints',
    component: named(() => import('./features/complaints/complaint_page'), 'ComplaintPage'),
  },
  {
    path: '/surveys/:id', permission: 'view_metrics', titleKey: 'nav.surveys', keywordsKey: 'keywords.surveys',
    component: named(() => import('./features/surveys/survey_page'), 'SurveyPage'),
  },
  {
    path: '/data/imports/:id', permission: 'manage_data', titleKey: 'import.page', keywordsKey: 'keywords.data',
    component: named(() => import('./features/data/import_page'), 'ImportPage'),
  },
  {
    path: '/customers/review', permission: 'manage_data', titleKey: 'review.title', keywordsKey: 'keywords.review',
    component: named(() => import('./features/customers/review_page'), 'ReviewPage'),
  },
  {
    path: '/customers/:id', permission: 'view_customers', titleKey: 'nav.customers', keywordsKey: 'keywords.customers',
    component: named(() => import('./features/customers/customer_page'), 'CustomerPage'),
  },
];
