// A source's write keys: make one, see it once, end one.
import { Alert, App, Button, Modal, Tabs } from 'antd';
import { useTranslation } from 'react-i18next';
import { useCreateWriteKey, useRevokeWriteKey, type Source } from '../../api/generated';
import { useInvalidate } from '../../api/client';
import { useProblemNotice } from '../../components/problem';
import { Snippet } from '../../components/snippet';
import { ago, day } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { browserSnippet, curlSnippet, serverSnippet } from './snippets';

export const kKeyPlaceholder = 'YOUR_WRITE_KEY';

export function Snippets({ writeKey }: { writeKey: string }) {
  const { t } = useTranslation();
  const origin = window.location.origin;
  return (
    <Tabs size="small" items={[
      { key: 'curl', label: 'curl', children: <Snippet text={curlSnippet(origin, writeKey, 'first-event-1')} /> },
      { key: 'browser', label: t('source.browser_sdk'), children: <Snippet text={browserSnippet(origin, writeKey)} /> },
      { key: 'server', label: t('source.server_sdk'), children: <Snippet text={serverSnippet(origin, writeKey)} /> },
    ]} />
  );
}

/** The key in clear, right after it was made: the only time it can be seen. */
export function KeyModal({ writeKey, onClose }: { writeKey: string | null; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal open={writeKey !== null} onCancel={onClose} title={t('source.key_title')} width={760} footer={<Button type="primary" onClick={onClose}>{t('source.key_kept')}</Button>} destroyOnHidden>
      {writeKey && (
        <div style={{ display: 'grid', gap: 12 }}>
          <Alert type="warning" showIcon title={t('source.key_once')} />
          <Snippet text={writeKey} />
          <Snippets writeKey={writeKey} />
        </div>
      )}
    </Modal>
  );
}

export function KeyList({ source, onCreated }: { source: Source; onCreated: (writeKey: string) => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { modal } = App.useApp();
  const notice = useProblemNotice();
  const invalidate = useInvalidate();
  const create = useCreateWriteKey();
  const revoke = useRevokeWriteKey();
  const end = (key: string, prefix: string) => modal.confirm({
    title: t('source.revoke_title', { prefix }), content: t('source.revoke_text'), okText: t('source.revoke'), cancelText: t('common.cancel'), okButtonProps: { danger: true },
    onOk: () => revoke.mutateAsync({ id: source.id, key }).then(() => invalidate('listSources'), notice),
  });
  const make = () => create.mutate({ id: source.id }, {
    onSuccess: (made) => {
      onCreated(made.write_key);
      void invalidate('listSources');
    },
    onError: notice,
  });
  return (
    <div style={{ display: 'grid', gap: 6 }}>
      {source.keys.map((key) => (
        <div key={key.id} data-testid="write-key" style={{ display: 'flex', flexWrap: 'wrap', gap: '2px 12px', alignItems: 'center' }}>
          <code>{key.prefix}…</code>
          <span className="muted small">{t('source.key_made', { day: day(key.created_at, language) })} · {key.last_used_at ? t('source.key_used', { ago: ago(key.last_used_at, language) }) : t('source.key_unused')}</span>
          <Button size="small" type="text" danger onClick={() => end(key.id, key.prefix)}>{t('source.revoke')}</Button>
        </div>
      ))}
      <div><Button size="small" data-testid="new-key" loading={create.isPending} onClick={make}>{t('source.new_key')}</Button></div>
    </div>
  );
}
