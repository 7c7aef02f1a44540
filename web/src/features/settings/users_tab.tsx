// Who may sign in, with which role and for which branches.
import { PlusOutlined } from '@ant-design/icons';
import { Button, Form, Input, Modal, Select, Switch, Table, Tag, type TableColumnsType } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useInvalidate } from '../../api/client';
import { useChangeUser, useCreateUser, useListUnits, useListUsers, type NewUser, type User, type UserChange } from '../../api/generated';
import { Panel } from '../../components/page';
import { ProblemView, useProblemNotice } from '../../components/problem';
import { ago } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useNames } from '../../state/catalogue';
import { useSession } from '../../state/session';
import { kPasswordMin } from '../session/setup_page';

const kRoles: User['role'][] = ['administrator', 'manager', 'analyst', 'agent', 'privacy_officer', 'viewer'];

function Fields({ user }: { user: User | null }) {
  const { t } = useTranslation();
  const names = useNames();
  const units = useListUnits({ staleTime: 300_000 });
  const everywhere = Form.useWatch('all_units') as boolean | undefined;
  return (
    <>
      {!user && <Form.Item name="user" label={t('session.user')} rules={[{ required: true, whitespace: true, max: 80, message: t('session.user_required') }]}><Input autoFocus autoComplete="off" /></Form.Item>}
      <Form.Item name="name" label={t('session.name')} rules={[{ required: true, whitespace: true, message: t('session.name_required') }]}><Input autoComplete="off" /></Form.Item>
      <Form.Item name="role" label={t('settings.role')}><Select options={kRoles.map((role) => ({ value: role, label: <>{t(`role.${role}`)} <span className="muted small">{t(`role_explain.${role}`)}</span></> }))} /></Form.Item>
      <Form.Item name="all_units" label={t('settings.all_units')} valuePropName="checked"><Switch /></Form.Item>
      {everywhere === false && <Form.Item name="units" label={t('settings.units')}><Select mode="multiple" options={units.data?.items.map((unit) => ({ value: unit.key, label: names.unit(unit.key) })) ?? []} /></Form.Item>}
      <Form.Item name="password" label={t(user ? 'settings.password_reset' : 'session.password')} extra={user ? t('settings.password_keep') : undefined}
        rules={[{ required: !user, min: kPasswordMin, message: t('session.password_rule', { count: kPasswordMin }) }]}>
        <Input.Password autoComplete="new-password" />
      </Form.Item>
    </>
  );
}

function UserModal({ user, onClose }: { user: User | null; onClose: () => void }) {
  const { t } = useTranslation();
  const invalidate = useInvalidate();
  const create = useCreateUser();
  const change = useChangeUser();
  const pending = user ? change : create;
  const submit = (values: NewUser) => {
    const body: NewUser = { ...values, units: values.all_units ? [] : (values.units ?? []) };
    const done = { onSuccess: () => {
      void invalidate('listUsers', 'getSession');
      onClose();
    } };
    if (!user) return create.mutate({ body }, done);
    const { password, user: _name, ...rest } = body;
    return change.mutate({ id: user.id, body: { ...rest, ...(password && { password }) } satisfies UserChange }, done);
  };
  const start = user ?? { role: 'viewer', all_units: true, units: [] };
  return (
    <Modal open title={user ? t('settings.user_edit', { user: user.user }) : t('settings.user_new')} onCancel={onClose} footer={null}>
      <Form layout="vertical" initialValues={start} onFinish={submit} requiredMark={false}>
        <Fields user={user} />
        {pending.isError && <div style={{ marginBottom: 16 }}><ProblemView error={pending.error} /></div>}
        <Button type="primary" htmlType="submit" loading={pending.isPending}>{t(user ? 'common.save' : 'settings.user_create')}</Button>
      </Form>
    </Modal>
  );
}

export function UsersTab() {
  const { t } = useTranslation();
  const language = useLanguage();
  const names = useNames();
  const session = useSession();
  const notice = useProblemNotice();
  const invalidate = useInvalidate();
  const users = useListUsers();
  const change = useChangeUser();
  const [editing, setEditing] = useState<User | null | undefined>();
  const columns = useMemo<TableColumnsType<User>>(() => [
    { title: t('session.name'), key: 'name', render: (_, user) => <>{user.name}<br /><span className="muted small">{user.user}</span></> },
    { title: t('settings.role'), key: 'role', render: (_, user) => <Tag>{t(`role.${user.role}`)}</Tag> },
    { title: t('settings.units'), key: 'units', render: (_, user) => (user.all_units ? t('filter.all_units') : user.units.map((unit) => <Tag key={unit}>{names.unit(unit)}</Tag>)) },
    { title: t('settings.last_seen'), key: 'last', render: (_, user) => <span className="nowrap">{user.last_seen_at ? ago(user.last_seen_at, language) : '–'}</span> },
    {
      title: t('settings.enabled'), key: 'enabled',
      render: (_, user) => (
        <Switch size="small" checked={user.enabled} disabled={user.id === session.id} aria-label={t('settings.enabled_of', { name: user.name })}
          loading={change.isPending && change.variables?.id === user.id}
          onChange={(enabled) => change.mutate({ id: user.id, body: { enabled } }, { onSuccess: () => void invalidate('listUsers'), onError: notice })} />
      ),
    },
    { key: 'edit', align: 'end', render: (_, user) => <Button size="small" onClick={() => setEditing(user)}>{t('common.edit')}</Button> },
  ], [t, language, names, session.id, change, invalidate, notice]);
  return (
    <Panel title={t('settings.users')} tools={<Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing(null)}>{t('settings.user_new')}</Button>}>
      {users.isError ? <ProblemView error={users.error} retry={() => void users.refetch()} />
        : <Table<User> rowKey="id" size="middle" columns={columns} dataSource={users.data?.items ?? []} loading={users.isPending} pagination={false} scroll={{ x: 'max-content' }} />}
      {editing !== undefined && <UserModal user={editing} onClose={() => setEditing(undefined)} />}
    </Panel>
  );
}
