// Connectors: what brings events in from other systems and takes them out, whether it works, and what it did.
import { DeleteOutlined, LinkOutlined, PlusOutlined } from '@ant-design/icons';
import { Alert, App, Button, Modal, Switch, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useInvalidate } from '../../api/client';
import { useDeleteConnector, useListConnectorKinds, useListConnectors, useTryConnector, useUpdateConnector, type Connector, type ConnectorKind } from '../../api/generated';
import { DrillNumber } from '../../components/drill_number';
import { Load } from '../../components/load';
import { Page, Panel } from '../../components/page';
import { useProblemNotice } from '../../components/problem';
import { Snippet } from '../../components/snippet';
import { Teach } from '../../components/teach';
import { Told } from '../../components/told';
import { ago, compact, exact } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { ConnectorForm } from './connector_form';
import { ConnectorLog } from './connector_log';
import { Letters } from './letters';

const kColours: Record<string, string> = { off: 'default', broken: 'error', failing: 'error', connecting: 'warning', waiting: 'processing', working: 'success' };

function Counts({ connector, kind, onLog }: { connector: Connector; kind: ConnectorKind; onLog: () => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const taken = compact(connector.taken, language);
  return (
    <dl className="facts" style={{ margin: 0, gridTemplateColumns: 'repeat(auto-fit, minmax(90px, 1fr))', columnGap: 12 }}>
      {kind.takes && (
        <div>
          <dt>{t('connector.taken')}</dt>
          <dd title={exact(connector.taken, language)}>{connector.taken === 0 || !connector.source ? taken : <DrillNumber behind="explained" to={{ title: `${connector.name} · ${t('connector.taken')}`, source: connector.source, scope: 'all', why: 'index', shown: exact(connector.taken, language) }}>{taken}</DrillNumber>}</dd>
        </div>
      )}
      {kind.sends && <div><dt>{t('connector.sent')}</dt><dd>{connector.sent === 0 ? '0' : <Told words={t('connector.told_sent')}><button type="button" className="link num" data-drill="told" title={exact(connector.sent, language)}>{compact(connector.sent, language)}</button></Told>}</dd></div>}
      <div><dt>{t('connector.failed')}</dt><dd>{connector.failed === 0 ? '0' : <button type="button" className="link num" data-drill="link" title={exact(connector.failed, language)} onClick={onLog}>{compact(connector.failed, language)}</button>}</dd></div>
      <div><dt>{t('connector.last')}</dt><dd style={{ fontSize: 14, fontWeight: 500 }}>{connector.last_at ? ago(connector.last_at, language) : '–'}</dd></div>
    </dl>
  );
}

function ConnectorCard({ connector, kind, onEdit }: { connector: Connector; kind: ConnectorKind; onEdit: () => void }) {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const notice = useProblemNotice();
  const invalidate = useInvalidate();
  const change = useUpdateConnector();
  const remove = useDeleteConnector();
  const attempt = useTryConnector();
  const [open, setOpen] = useState(false);
  const tryOut = () => attempt.mutate({ id: connector.id }, { onSuccess: ({ said }) => void message.success(t('connector.test_said', { said })), onError: notice, onSettled: () => void invalidate('getConnectorLog', 'listConnectors') });
  const end = () => modal.confirm({
    title: t('connector.remove_title', { name: connector.name }), content: t('connector.remove_text'), okText: t('common.remove'), cancelText: t('common.cancel'), okButtonProps: { danger: true },
    onOk: () => remove.mutateAsync({ id: connector.id }).then(() => invalidate('listConnectors', 'listSources'), notice),
  });
  const turn = (enabled: boolean) => change.mutate({ id: connector.id, body: { enabled } }, { onSuccess: () => void invalidate('listConnectors', 'getConnectorLog'), onError: notice });
  return (
    <Panel
      title={connector.name} note={t(`connector.kind_${connector.kind}`)}
      tools={<><Tag style={{ margin: 0 }} color={kColours[connector.state] ?? 'default'}>{t(`connector.state_${connector.state}`)}</Tag><Switch size="small" checked={connector.enabled} loading={change.isPending} onChange={turn} aria-label={t('connector.enabled')} /></>}
    >
      <div style={{ display: 'grid', gap: 12 }}>
        {connector.problem && <Alert type="error" showIcon title={connector.problem} />}
        {connector.path && <Snippet text={window.location.origin + connector.path} />}
        <Counts connector={connector} kind={kind} onLog={() => setOpen(true)} />
        <div style={{ display: 'flex', gap: 8, flexWrap: 'wrap' }}>
          <Button size="small" onClick={onEdit}>{t('common.edit')}</Button>
          {kind.testable && <Button size="small" loading={attempt.isPending} onClick={tryOut}>{t('connector.test')}</Button>}
          <Button size="small" aria-expanded={open} onClick={() => setOpen(!open)}>{t(open ? 'connector.hide_log' : 'connector.show_log')}</Button>
          <Button size="small" type="text" danger icon={<DeleteOutlined />} aria-label={t('common.remove')} onClick={end} />
        </div>
        {kind.sends && <Letters connector={connector} />}
        {open && <ConnectorLog connector={connector} />}
      </div>
    </Panel>
  );
}

export function ConnectorsPage() {
  const { t } = useTranslation();
  const kinds = useListConnectorKinds({ staleTime: 3_600_000 });
  const connectors = useListConnectors({ refetchInterval: 5_000 });
  const [editing, setEditing] = useState<{ kind: ConnectorKind; connector?: Connector } | null>(null);
  const [choosing, setChoosing] = useState(false);
  const choose = (kind: ConnectorKind) => {
    setChoosing(false);
    setEditing({ kind });
  };
  const add = <Button type="primary" icon={<PlusOutlined />} disabled={!kinds.data} onClick={() => setChoosing(true)}>{t('connector.new')}</Button>;
  return (
    <Page title={t('nav.connectors')} answers={t('connector.answers')} actions={add}>
      <Load query={connectors}>
        {(data) => (data.items.length === 0
          ? <Panel><Teach icon={<LinkOutlined />} title={t('connector.empty')} text={t('connector.empty_text')} /></Panel>
          : (
            <div className="grid" style={{ gridTemplateColumns: 'repeat(auto-fill, minmax(min(420px, 100%), 1fr))', alignItems: 'start' }}>
              {data.items.map((connector) => {
                const kind = kinds.data?.items.find((one) => one.key === connector.kind);
                return kind && <ConnectorCard key={connector.id} connector={connector} kind={kind} onEdit={() => setEditing({ kind, connector })} />;
              })}
            </div>
          ))}
      </Load>
      <Modal open={choosing} onCancel={() => setChoosing(false)} title={t('connector.new')} footer={null}>
        <div style={{ display: 'grid', gap: 8 }}>
          {kinds.data?.items.map((kind) => (
            <button key={kind.key} type="button" className="bar-row" style={{ display: 'block', margin: 0, width: '100%', cursor: 'pointer' }} onClick={() => choose(kind)}>
              <strong>{t(`connector.kind_${kind.key}`)}</strong>
              <div className="muted small">{t(`connector.about_${kind.key}`)}</div>
            </button>
          ))}
        </div>
      </Modal>
      {editing && <ConnectorForm {...editing} onClose={() => setEditing(null)} />}
    </Page>
  );
}
