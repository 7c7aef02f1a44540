// One's own settings: language, appearance, password.
import { App, Button, Form, Input, Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { useChangePassword, type PasswordChange } from '../../api/generated';
import { Panel } from '../../components/page';
import { ProblemView } from '../../components/problem';
import type { Language } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useChooseLanguage } from '../../layout/user_menu';
import { useAppearance, type Appearance } from '../../state/appearance';
import { useSession } from '../../state/session';
import { kPasswordMin } from '../session/setup_page';

function PasswordForm() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [form] = Form.useForm<PasswordChange & { again: string }>();
  const change = useChangePassword();
  const submit = ({ current, password }: PasswordChange) => change.mutate({ body: { current, password } }, {
    onSuccess: () => {
      form.resetFields();
      void message.success(t('settings.password_changed'));
    },
  });
  return (
    <Form form={form} layout="vertical" onFinish={submit} requiredMark={false} style={{ maxWidth: 360 }}>
      <Form.Item name="current" label={t('settings.password_current')} rules={[{ required: true, message: t('session.password_required') }]}><Input.Password autoComplete="current-password" /></Form.Item>
      <Form.Item name="password" label={t('settings.password_new')} rules={[{ required: true, min: kPasswordMin, message: t('session.password_rule', { count: kPasswordMin }) }]}><Input.Password autoComplete="new-password" /></Form.Item>
      <Form.Item name="again" label={t('session.password_again')} dependencies={['password']} rules={[
        ({ getFieldValue }) => ({ validator: (_, value) => (value === getFieldValue('password') ? Promise.resolve() : Promise.reject(new Error(t('session.password_differs')))) }),
      ]}><Input.Password autoComplete="new-password" /></Form.Item>
      {change.isError && <div style={{ marginBottom: 16 }}><ProblemView error={change.error} /></div>}
      <Button type="primary" htmlType="submit" loading={change.isPending}>{t('settings.password_button')}</Button>
    </Form>
  );
}

export function ProfileTab() {
  const { t } = useTranslation();
  const session = useSession();
  const language = useLanguage();
  const choose = useChooseLanguage();
  const { appearance, setAppearance } = useAppearance();
  return (
    <div className="grid half">
      <Panel title={session.name || session.user} note={t(`role.${session.role}`)}>
        <div style={{ display: 'grid', gap: 16 }}>
          <div><div className="muted small" style={{ marginBottom: 4 }}>{t('settings.language')}</div><Segmented<Language> value={language} onChange={choose} options={[{ value: 'zh', label: '中文' }, { value: 'en', label: 'English' }]} /></div>
          <div><div className="muted small" style={{ marginBottom: 4 }}>{t('settings.appearance')}</div><Segmented<Appearance> value={appearance} onChange={setAppearance} options={(['system', 'light', 'dark'] as const).map((value) => ({ value, label: t(`settings.${value}`) }))} /></div>
          <div className="muted small">{t('settings.may', { permissions: session.permissions.map((permission) => t(`permission.${permission}`)).join(t('common.list')) })}</div>
        </div>
      </Panel>
      <Panel title={t('settings.password')}><PasswordForm /></Panel>
    </div>
  );
}
