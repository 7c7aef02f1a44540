// Language, appearance and the signed-in user.
import { GlobalOutlined, LogoutOutlined, MoonOutlined, SettingOutlined, SunOutlined, UserOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { Avatar, Button, Dropdown, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useSetLanguage, useSignOut, type Session } from '../api/generated';
import { useProblemNotice } from '../components/problem';
import type { Language } from '../format/numbers';
import { switchLanguage, useLanguage } from '../i18n';
import { useAppearance } from '../state/appearance';
import { useSession } from '../state/session';

/** Switches at once and keeps the choice with the user; goes back visibly if the server refuses. */
export function useChooseLanguage(): (language: Language) => void {
  const client = useQueryClient();
  const keep = useSetLanguage();
  const notice = useProblemNotice();
  const before = useLanguage();
  const put = (language: Language) => {
    client.setQueriesData<Session>({ queryKey: ['getSession'] }, (session) => session && { ...session, language });
    switchLanguage(language);
  };
  return (language) => {
    put(language);
    keep.mutate({ body: { language } }, {
      onError: (error) => {
        put(before);
        notice(error);
      },
    });
  };
}

export function UserMenu({ small }: { small: boolean }) {
  const { t } = useTranslation();
  const session = useSession();
  const language = useLanguage();
  const { palette, setAppearance } = useAppearance();
  const choose = useChooseLanguage();
  const navigate = useNavigate();
  const client = useQueryClient();
  const notice = useProblemNotice();
  const signOut = useSignOut();
  const leave = () => signOut.mutate(undefined, {
    onSuccess: () => {
      void navigate('/sign-in');
      client.clear();
    },
    onError: notice,
  });
  const actions: Record<string, () => void> = {
    settings: () => void navigate('/settings'),
    theme: () => setAppearance(palette.dark ? 'light' : 'dark'),
    leave,
  };
  return (
    <>
      <Tooltip title={language === 'zh' ? 'English' : '中文'}>
        <Button type="text" icon={<GlobalOutlined />} data-testid="language" onClick={() => choose(language === 'zh' ? 'en' : 'zh')}
          aria-label={language === 'zh' ? 'Switch to English' : '切换为中文'}>
          {!small && (language === 'zh' ? 'EN' : '中文')}
        </Button>
      </Tooltip>
      <Dropdown trigger={['click']} menu={{
        onClick: ({ key }) => actions[key]?.(),
        items: [
          { key: 'who', disabled: true, label: <span>{session.name || session.user}<br /><span className="small">{t(`role.${session.role}`)}</span></span> },
          { type: 'divider' },
          { key: 'settings', icon: <SettingOutlined />, label: t('user.settings') },
          { key: 'theme', icon: palette.dark ? <SunOutlined /> : <MoonOutlined />, label: t(palette.dark ? 'user.light' : 'user.dark') },
          { key: 'leave', icon: <LogoutOutlined />, label: t('user.sign_out') },
        ],
      }}>
        <Button type="text" aria-label={t('user.menu')} style={{ paddingInline: 6 }}><Avatar size={26} icon={<UserOutlined />} /></Button>
      </Dropdown>
    </>
  );
}
