// Imports of files: those that were set up here, and a new one.
import { FileAddOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Table, Tag, type TableColumnsType } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { useInvalidate } from '../../api/client';
import { useCreateImport, useListImports, type Import } from '../../api/generated';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { useProblemNotice } from '../../components/problem';
import { Teach } from '../../components/teach';
import { exact, moment } from '../../format/numbers';
import { useLanguage } from '../../i18n';

export const kStateColour = { draft: 'default', running: 'processing', done: 'success', cancelled: 'warning', interrupted: 'warning', failed: 'error' } as const;

export const total = (item: Import, what: 'rows' | 'stored' | 'rejected' | 'duplicates') => item.reports.reduce((sum, report) => sum + report[what], 0);
const fileNames = (item: Import) => (item.files.length > 0 ? item.files.map((file) => file.name) : item.reports.map((report) => report.file)).join(', ');

export function ImportsTab() {
  const { t } = useTranslation();
  const language = useLanguage();
  const navigate = useNavigate();
  const invalidate = useInvalidate();
  const notice = useProblemNotice();
  const imports = useListImports({ refetchInterval: 3_000 });
  const create = useCreateImport();
  const begin = () => create.mutate(undefined, {
    onSuccess: (made) => {
      void invalidate('listImports');
      void navigate(`/data/imports/${made.id}`);
    },
    onError: notice,
  });
  const add = <Button type="primary" icon={<PlusOutlined />} loading={create.isPending} onClick={begin}>{t('import.new')}</Button>;
  const columns: TableColumnsType<Import> = [
    { title: t('import.files'), key: 'files', render: (_, item) => <Link to={`/data/imports/${item.id}`} data-drill="link">{fileNames(item) || t('import.no_files')}</Link> },
    { title: t('import.state'), key: 'state', width: 120, render: (_, item) => <Tag color={kStateColour[item.state]}>{t(`import_state.${item.state}`)}</Tag> },
    { title: t('import.rows'), key: 'rows', align: 'right', render: (_, item) => exact(total(item, 'rows'), language) },
    { title: t('import.rejected'), key: 'rejected', align: 'right', responsive: ['md'], render: (_, item) => exact(total(item, 'rejected'), language) },
    { title: t('import.changed'), key: 'changed', width: 170, responsive: ['md'], render: (_, item) => moment(item.changed_at, language) },
  ];
  return (
    <Panel title={t('import.title')} tools={add}>
      <Load query={imports}>
        {({ items }) => (items.length === 0
          ? <Teach icon={<FileAddOutlined />} title={t('import.empty')} text={t('import.empty_text')} action={add} />
          : <Table<Import> size="small" rowKey="id" columns={columns} dataSource={items} pagination={items.length > 20 ? { pageSize: 20 } : false} scroll={{ x: true }} />)}
      </Load>
    </Panel>
  );
}
