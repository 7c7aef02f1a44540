import { useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate, useSearchParams } from 'react-router';
import { useGetSetup, useSignIn, type SignIn } from '../../api/generated';
import { ProblemView } from '../../components/problem';
import { safeNext } from '../../state/session';
import { SessionFrame } from './frame';

export function SignInPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [params] = useSearchParams();
  const setup = useGetSetup();
  const signIn = useSignIn();
  const submit = (body: SignIn) => signIn.mutate({ body }, {
    onSuccess: (session) => {
      client.clear();
      client.setQueryData(['getSession', '/api/session'], session);
      void navigate(safeNext(params.get('next')), { replace: true });
    },
  });
  return (
    <SessionFrame title={t('session.sign_in')} text={t('session.sign_in_text')}>
      {setup.data?.needed && <Alert type="info" showIcon title={t('session.setup_needed')} description={t('session.setup_needed_fix')} style={{ marginBottom: 16 }} />}
      <Form<SignIn> layout="vertical" onFinish={submit} requiredMark={false} disabled={signIn.isPending}>
        <Form.Item name="user" label={t('session.user')} rules={[{ required: true, message: t('session.user_required') }]}>
          <Input autoFocus autoComplete="username" size="large" />
        </Form.Item>
        <Form.Item name="password" label={t('session.password')} rules={[{ required: true, message: t('session.password_required') }]}>
          <Input.Password autoComplete="current-password" size="large" />
        </Form.Item>
        {signIn.isError && <div style={{ marginBottom: 16 }}><ProblemView error={signIn.error} /></div>}
        <Button type="primary" htmlType="submit" size="large" block loading={signIn.isPending}>{t('session.sign_in')}</Button>
      </Form>
    </SessionFrame>
  );
}
