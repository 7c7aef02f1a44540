// The last runs and errors of a connector.
import { Table, type TableColumnsType } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useGetConnectorLog, type Connector, type ConnectorLogEntry } from '../../api/generated';
import { Load } from '../../components/load';
import { exact, moment } from '../../format/numbers';
import { useLanguage } from '../../i18n';

const kColours = { info: 'inherit', warning: 'inherit', error: 'var(--bad)' };

export function ConnectorLog({ connector }: { connector: Connector }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const log = useGetConnectorLog({ id: connector.id }, { refetchInterval: 5_000, keep: true });
  const columns = useMemo<TableColumnsType<ConnectorLogEntry>>(() => [
    { title: t('connector.log_at'), key: 'at', width: 150, render: (_, entry) => <span className="small nowrap">{moment(entry.last_at, language)}</span> },
    {
      title: t('connector.log_what'), key: 'what', render: (_, entry) => (
        <div style={{ overflowWrap: 'anywhere' }}>
          <span style={{ color: kColours[entry.level] }}>{t(`connector.what_${entry.what}`)}{entry.times > 1 && ` × ${exact(entry.times, language)}`}</span>
          {(entry.error || entry.detail) && <div className="muted small">{[entry.error, entry.detail].filter(Boolean).join(' · ')}</div>}
        </div>
      ),
    },
  ], [t, language]);
  return (
    <Load query={log} rows={3}>
      {({ items }) => (items.length === 0 ? <p className="muted small" style={{ margin: 0 }}>{t('connector.log_empty')}</p> : <Table<ConnectorLogEntry> rowKey="id" size="small" columns={columns} dataSource={items} pagination={{ pageSize: 10, hideOnSinglePage: true, showSizeChanger: false }} />)}
    </Load>
  );
}
