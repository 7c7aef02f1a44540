// Rows of a virtual source, as they are there at this moment, masked.
import { Table } from 'antd';
import { useTranslation } from 'react-i18next';
import type { VirtualRows } from '../../api/generated';

export function VirtualRowsTable({ rows: found }: { rows: VirtualRows }) {
  const { t } = useTranslation();
  const rows = found.rows.map((cells, at) => ({ key: at, cells }));
  return (
    <>
      <Table
        size="small" pagination={false} dataSource={rows} scroll={{ x: 'max-content' }} locale={{ emptyText: t('virtual.no_rows') }}
        columns={found.columns.map((column, at) => ({
          title: <span title={column.meaning ? `${column.name}: ${column.meaning}` : column.name}>{column.meaning || column.name}</span>, key: column.name, align: column.type === 'number' ? 'end' as const : 'start' as const,
          render: (_: unknown, row: (typeof rows)[number]) => <span className={column.type === 'number' ? 'num' : ''} style={{ display: 'inline-block', maxWidth: 360, overflowWrap: 'anywhere' }}>{row.cells[at] ?? '–'}</span>,
        }))}
      />
      {found.more && <p className="muted small" style={{ marginBottom: 0 }}>{t('virtual.more')}</p>}
    </>
  );
}
