// A designed process from a file (PNML), held against the cases of the store.
import { UploadOutlined } from '@ant-design/icons';
import { Button, Tag, Upload } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFindDeviations, type DesignedProcess, type DeviationsFromProcess, type FindDeviationsParams } from '../../api/generated';
import { ProblemView, useProblemNotice } from '../../components/problem';

interface DesignFile {
  name: string;
  pnml: string;
}

export interface Designed {
  file: DesignFile | undefined;
  take: (file: DesignFile | undefined) => void;
  answer: DeviationsFromProcess | undefined;
  pending: boolean;
  error: Error | null;
}

/** The cases of the store held against a process; asked anew when either changes. `rest`: ms to wait for further changes. */
export function useDeviations(params: FindDeviationsParams, process: DesignedProcess | undefined, rest = 0) {
  const [answer, setAnswer] = useState<DeviationsFromProcess>();
  const { mutate, reset, isPending, error } = useFindDeviations();
  const asked = JSON.stringify([params, process]);
  useEffect(() => {
    let current = true;
    setAnswer(undefined);
    reset();
    const [wanted, body] = JSON.parse(asked) as [FindDeviationsParams, DesignedProcess | null];
    if (!body) return undefined;
    const timer = setTimeout(() => mutate({ ...wanted, body }, { onSuccess: (found) => current && setAnswer(found) }), rest);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [asked, rest, mutate, reset]);
  return { answer, pending: isPending, error };
}

export function useDesigned(params: FindDeviationsParams): Designed {
  const [file, take] = useState<DesignFile>();
  const found = useDeviations(params, file && { pnml: file.pnml, name: file.name.slice(0, 60) });
  return { file, take, ...found };
}

export function DesignedFile({ designed }: { designed: Designed }) {
  const { t } = useTranslation();
  const notice = useProblemNotice();
  const read = (file: File) => {
    file.text().then((pnml) => designed.take({ name: file.name, pnml })).catch(notice);
    return false; // it is read here, not sent as a file
  };
  return (
    <>
      {designed.file && <Tag closable onClose={() => designed.take(undefined)}>{designed.file.name}</Tag>}
      <Upload accept=".pnml,.bpmn,.xml" showUploadList={false} beforeUpload={read}><Button icon={<UploadOutlined />} loading={designed.pending}>{t('perf.design_file')}</Button></Upload>
    </>
  );
}

export function DesignedWords({ designed, name }: { designed: Pick<Designed, 'answer' | 'error'>; name: (key: string) => string }) {
  const { t } = useTranslation();
  if (designed.error) return <ProblemView error={designed.error} />;
  if (!designed.answer || designed.answer.unseen.length === 0) return null;
  return <p className="muted small">{t('perf.design_unseen', { steps: designed.answer.unseen.map(name).join(t('common.list')) })}</p>;
}
