// One import from its files to its report: upload, say what the columns mean, try it out, run it.
import { Alert, App, Button, Input, Progress, Space, Table, Tag, type TableColumnsType } from 'antd';
import { InboxOutlined } from '@ant-design/icons';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import { useInvalidate } from '../../api/client';
import {
  useCancelImport, useDeleteImport, useDeleteImportFile, useGetImport, usePreviewImport, usePutMapping, useStartImport,
  type FileReport, type Import, type ImportPreview, type PreviewEvent, type RejectedRow,
} from '../../api/generated';
import { Load } from '../../components/load';
import { Page, Panel } from '../../components/page';
import { ProblemView, useProblemNotice } from '../../components/problem';
import { duration, exact, moment, money } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useNames } from '../../state/catalogue';
import { ImportMapping } from './import_mapping';
import { kStateColour, total } from './imports_tab';
import { uploadFile, type UploadProgress } from './upload';

const size = (bytes: number, language: 'zh' | 'en') => (bytes < 1_048_576 ? `${exact(Math.ceil(bytes / 1024), language)} KB` : `${exact(Math.round(bytes / 104_857.6) / 10, language)} MB`);

function Files({ item, editable }: { item: Import; editable: boolean }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const invalidate = useInvalidate();
  const notice = useProblemNotice();
  const remove = useDeleteImportFile();
  const input = useRef<HTMLInputElement>(null);
  const [progress, setProgress] = useState<UploadProgress | null>(null);
  const send = async (files: File[]) => {
    try {
      for (const file of files) await uploadFile(item.id, file, setProgress);
    } catch (error) {
      notice(error);
    }
    setProgress(null);
    if (input.current) input.current.value = '';
    await invalidate('getImport', 'sampleImport');
  };
  return (
    <Panel title={t('import.step_files')} note={editable ? t('import.formats') : ''}>
      {editable && (
        <div className="drop" onDragOver={(event) => event.preventDefault()} onDrop={(event) => {
          event.preventDefault();
          void send([...event.dataTransfer.files]);
        }}>
          <input ref={input} type="file" multiple hidden data-testid="import-files" aria-label={t('import.choose')} onChange={(event) => void send([...(event.target.files ?? [])])} />
          <Button icon={<InboxOutlined />} loading={progress !== null} onClick={() => input.current?.click()}>{t('import.choose')}</Button>
          <span className="muted small">{t('import.drop')}</span>
        </div>
      )}
      {progress && <div><span className="small">{progress.name}</span><Progress percent={progress.size === 0 ? 100 : Math.floor((progress.sent / progress.size) * 100)} /></div>}
      {item.files.map((file) => (
        <div key={file.name} className="import-file">
          <span>{file.name}</span><span className="muted num">{size(file.bytes, language)}</span>
          {editable && <Button size="small" type="text" onClick={() => remove.mutate({ id: item.id, name: file.name }, { onSuccess: () => void invalidate('getImport'), onError: notice })}>{t('import.remove')}</Button>}
        </div>
      ))}
    </Panel>
  );
}

function Rejects({ rows }: { rows: RejectedRow[] }) {
  const { t } = useTranslation();
  const columns: TableColumnsType<RejectedRow> = [
    { title: t('import.line'), dataIndex: 'line', width: 70, align: 'right' },
    { title: t('import.reason'), key: 'reason', width: 120, render: (_, row) => t(`reason.${row.reason}`, { defaultValue: row.reason }) },
    { title: t('import.detail'), dataIndex: 'detail' },
  ];
  return <Table<RejectedRow> size="small" rowKey={(row) => `${row.line} ${row.detail}`} columns={columns} dataSource={rows} pagination={false} />;
}

function Preview({ preview }: { preview: ImportPreview }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const names = useNames();
  const columns: TableColumnsType<PreviewEvent> = [
    { title: t('import.time'), key: 'at', width: 170, render: (_, event) => moment(event.at, language) },
    { title: t('import.event'), key: 'name', render: (_, event) => event.name || t(`type.${event.type}`, { defaultValue: event.type }) },
    { title: t('import.identifiers'), key: 'ids', render: (_, event) => event.identifiers.map((kind) => <Tag key={kind}>{t(`identifier.${kind}`, { defaultValue: kind })}</Tag>) },
    { title: t('import.channel'), key: 'channel', render: (_, event) => (event.channel ? names.channel(event.channel) : '–') },
    { title: t('import.case'), dataIndex: 'case' },
    { title: t('import.value'), key: 'value', render: (_, event) => [event.amount && money(event.amount, language), event.score !== null && `${event.instrument} ${event.score}`, event.text].filter(Boolean).join(' · ') },
  ];
  return (
    <>
      {preview.files.map(({ report, events }) => (
        <div key={report.file} className="section">
          <div className="small">{t('import.preview_counts', { file: report.file, rows: exact(report.rows, language), stored: exact(report.stored, language), rejected: exact(report.rejected, language) })}</div>
          {report.notes.map((note) => <div key={note} className="muted small">{note}</div>)}
          {events.length > 0 && <Table<PreviewEvent> size="small" rowKey={(event) => events.indexOf(event)} columns={columns} dataSource={events.slice(0, 8)} pagination={false} scroll={{ x: 760 }} />}
          {report.first_rejects.length > 0 && <div className="section"><Rejects rows={report.first_rejects} /></div>}
        </div>
      ))}
    </>
  );
}

function Report({ item }: { item: Import }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const columns: TableColumnsType<FileReport> = [
    { title: t('import.file'), dataIndex: 'file' },
    ...(['rows', 'stored', 'rejected', 'duplicates', 'events'] as const).map((key) => ({ ...((key === 'duplicates' || key === 'events') && { responsive: ['md' as const] }), title: t(`import.${key}`), key, align: 'right' as const, render: (_: unknown, report: FileReport) => (report.reference ? t('import.reference') : exact(report[key], language)) })),
  ];
  const rejects = item.reports.flatMap((report) => report.first_rejects);
  return (
    <>
      <Table<FileReport> size="small" rowKey="file" columns={columns} dataSource={item.reports} pagination={false} scroll={{ x: true }} />
      {item.reports.flatMap((report) => report.notes.map((note) => <div key={report.file + note} className="muted small">{report.file}: {note}</div>))}
      {rejects.length > 0 && <div className="section"><Rejects rows={rejects.slice(0, 20)} /><Link to="/data?view=quarantine" data-drill="link">{t('import.quarantine')}</Link></div>}
    </>
  );
}

function Run({ item }: { item: Import }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const invalidate = useInvalidate();
  const notice = useProblemNotice();
  const cancel = useCancelImport();
  const start = useStartImport();
  const after = { onSuccess: () => void invalidate('getImport'), onError: notice };
  const { progress } = item;
  const again = item.state === 'cancelled' || item.state === 'interrupted' || item.state === 'failed';
  return (
    <Panel title={<>{t('import.step_run')} <Tag color={kStateColour[item.state]} data-testid="import-state">{t(`import_state.${item.state}`)}</Tag></>} note={item.state === 'done' ? t('import.done', { rows: exact(total(item, 'rows'), language), time: duration(item.seconds * 1000, language) }) : ''} tools={(
      <>
        {item.state === 'running' && <Button danger loading={cancel.isPending} onClick={() => cancel.mutate({ id: item.id }, after)}>{t('import.cancel')}</Button>}
        {again && item.files.length > 0 && <Button type="primary" loading={start.isPending} onClick={() => start.mutate({ id: item.id, body: { mapping: item.mapping } }, after)}>{t('import.resume')}</Button>}
      </>
    )}>
      {item.state === 'running' && (
        <div role="status">
          <Progress percent={progress && progress.bytes_total > 0 ? Math.floor((progress.bytes / progress.bytes_total) * 100) : 0} status="active" />
          {progress && <div className="small">{t('import.progress', { file: progress.file, rows: exact(progress.rows, language), rate: exact(Math.round(progress.rows_per_second), language), left: progress.seconds_left === null ? '–' : duration(progress.seconds_left * 1000, language) })}</div>}
        </div>
      )}
      {item.error_code && <Alert type="error" showIcon title={item.error_code} description={item.error_detail} />}
      {item.reports.length > 0 && <Report item={item} />}
    </Panel>
  );
}

/** Mapping, try-out and start, while the import may still be changed. */
function SetUp({ item }: { item: Import }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const invalidate = useInvalidate();
  const notice = useProblemNotice();
  const preview = usePreviewImport();
  const start = useStartImport();
  const save = usePutMapping();
  const [name, setName] = useState('');
  const [mapping, setMapping] = useState<string | null>(null);
  const attempt = (text: string) => {
    setMapping(text);
    preview.mutate({ id: item.id, body: { mapping: text } });
  };
  const keep = () => save.mutate({ name, body: { mapping: mapping ?? '' } }, {
    onSuccess: () => {
      void invalidate('listMappings');
      void message.success(t('import.saved'));
    },
    onError: notice,
  });
  const run = () => start.mutate({ id: item.id, body: { mapping: mapping ?? '' } }, { onSuccess: () => void invalidate('getImport', 'listImports'), onError: notice });
  return (
    <>
      <ImportMapping item={item} busy={preview.isPending} onTry={attempt} />
      {(preview.isError || preview.data) && (
        <Panel title={t('import.step_try')} note={t('import.try_note')} tools={preview.data && mapping !== null && (
          <Space wrap>
            {mapping !== '' && <Space.Compact><Input size="small" placeholder={t('import.save_name')} aria-label={t('import.save_name')} value={name} onChange={(event) => setName(event.target.value)} /><Button size="small" disabled={!name.trim()} loading={save.isPending} onClick={keep}>{t('import.save')}</Button></Space.Compact>}
            <Button type="primary" data-testid="import-start" loading={start.isPending} onClick={run}>{t('import.start')}</Button>
          </Space>
        )}>
          {preview.isError ? <ProblemView error={preview.error} /> : preview.data && <Preview preview={preview.data} />}
        </Panel>
      )}
    </>
  );
}

export function ImportPage() {
  const { t } = useTranslation();
  const { id = '' } = useParams();
  const navigate = useNavigate();
  const invalidate = useInvalidate();
  const notice = useProblemNotice();
  const [running, setRunning] = useState(true);
  const query = useGetImport({ id }, { refetchInterval: running ? 700 : false });
  const remove = useDeleteImport();
  const state = query.data?.state;
  if (state !== undefined && (state === 'running') !== running) setRunning(state === 'running');
  const leave = () => remove.mutate({ id }, {
    onSuccess: () => {
      void invalidate('listImports');
      void navigate('/data?view=imports');
    },
    onError: notice,
  });
  return (
    <Page title={t('import.page')} answers={t('import.answers')} actions={<><Link to="/data?view=imports">{t('import.back')}</Link>{state !== 'running' && <Button danger size="small" loading={remove.isPending} onClick={leave}>{t('import.delete')}</Button>}</>}>
      <Load query={query}>
        {(item) => {
          const editable = item.state !== 'running' && item.state !== 'done';
          return (
            <div className="import-steps">
              {item.state !== 'draft' && <Run item={item} />}
              {item.state !== 'done' && <Files item={item} editable={editable} />}
              {item.state === 'draft' && item.files.length > 0 && <SetUp item={item} />}
            </div>
          );
        }}
      </Load>
    </Page>
  );
}
