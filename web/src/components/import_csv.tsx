// Takes a CSV file to the service, and says how many lines were kept and which were not.
import { UploadOutlined } from '@ant-design/icons';
import { App, Button, Upload } from 'antd';
import { useTranslation } from 'react-i18next';
import { exact } from '../format/numbers';
import { useLanguage } from '../i18n';
import { useProblemNotice } from './problem';

interface Taken { stored: number; rejected_count: number; rejected: { line: number; what: string }[] }
interface Store { isPending: boolean; mutate: (asked: { body: { csv: string } }, then: { onError: (error: unknown) => void; onSuccess: (taken: Taken) => Promise<void> }) => void }

/** `stored`, `storedSome`: what is said of the lines; `done`: before it is said. */
export function ImportCsv({ store, label, stored, storedSome, done }: { store: Store; label: string; stored: (n: string) => string; storedSome: (n: string, bad: string) => string; done: () => Promise<unknown> }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { message, notification } = App.useApp();
  const notice = useProblemNotice();
  const take = async (file: File) => {
    const csv = await file.text();
    store.mutate({ body: { csv } }, {
      onError: notice,
      onSuccess: async (taken) => {
        await done();
        const n = exact(taken.stored, language);
        if (taken.rejected_count === 0) void message.success(stored(n));
        else notification.warning({ title: storedSome(n, exact(taken.rejected_count, language)), description: taken.rejected.slice(0, 10).map((one) => <div key={one.line}>{t('benchmark.line', { line: one.line })} {one.what}</div>), duration: 0 });
      },
    });
  };
  return (
    <Upload accept=".csv,text/csv" showUploadList={false} beforeUpload={(file) => { void take(file); return false; }}>
      <Button size="small" icon={<UploadOutlined />} loading={store.isPending}>{label}</Button>
    </Upload>
  );
}
