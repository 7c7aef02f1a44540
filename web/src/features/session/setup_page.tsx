// The first administrator, made with the one-time link that the server prints.
import { useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { useGetSetup, useSetup, type Setup } from '../../api/generated';
import { ProblemView } from '../../components/problem';
import { useLanguage } from '../../i18n';
import { SessionFrame } from './frame';

export const kPasswordMin = 10;

function SetupForm({ token }: { token: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const navigate = useNavigate();
  const client = useQueryClient();
  const setup = useSetup();
  const submit = (values: Pick<Setup, 'user' | 'name' | 'password'>) => setup.mutate({ body: { user: values.user, name: values.name, password: values.password, token, language } }, {
    onSuccess: (session) => {
      client.clear();
      client.setQueryData(['getSession', '/api/session'], session);
      void navigate('/data', { replace: true });
    },
  });
  return (
    <Form layout="vertical" onFinish={submit} requiredMark={false} disabled={setup.isPending}>
      <Form.Item name="name" label={t('session.name')} rules={[{ required: true, message: t('session.name_required') }]}><Input autoFocus autoComplete="name" /></Form.Item>
      <Form.Item name="user" label={t('session.user')} rules={[{ required: true, message: t('session.user_required') }]}><Input autoComplete="username" /></Form.Item>
      <Form.Item name="password" label={t('session.password')} extra={t('session.password_rule', { count: kPasswordMin })}
        rules={[{ required: true, min: kPasswordMin, message: t('session.password_rule', { count: kPasswordMin }) }]}>
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <Form.Item name="again" label={t('session.password_again')} dependencies={['password']} rules={[
        ({ getFieldValue }) => ({
          validator: (_, value) => (value === getFieldValue('password') ? Promise.resolve() : Promise.reject(new Error(t('session.password_differs')))),
        }),
      ]}>
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      {setup.isError && <div style={{ marginBottom: 16 }}><ProblemView error={setup.error} /></div>}
      <Button type="primary" htmlType="submit" size="large" block loading={setup.isPending}>{t('session.setup_button')}</Button>
    </Form>
  );
}

export function SetupPage() {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const token = params.get('token') ?? '';
  const state = useGetSetup();
  return (
    <SessionFrame title={t('session.setup')} text={t('session.setup_text')}>
      {state.data?.needed === false
        ? <Alert type="info" showIcon title={t('session.setup_done')} description={<Link to="/sign-in">{t('session.sign_in')}</Link>} />
        : token === ''
          ? <Alert type="warning" showIcon title={t('session.setup_no_token')} description={t('session.setup_needed_fix')} />
          : <SetupForm token={token} />}
    </SessionFrame>
  );
}
