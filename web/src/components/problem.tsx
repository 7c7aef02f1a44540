// What went wrong and what to do about it, from a problem document.
import { Alert, App, Button } from 'antd';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiProblem } from '../api/client';

function useWords(): (error: unknown) => { title: string; lines: string[] } {
  const { t } = useTranslation();
  return useCallback((error) => {
    if (!(error instanceof ApiProblem)) return { title: t('problem.unexpected'), lines: [String(error)] };
    const { problem } = error;
    if (problem.code === 'unreachable') return { title: t('problem.unreachable'), lines: [t('problem.unreachable_fix')] };
    const request = problem.request_id ? t('problem.request', { id: problem.request_id }) : '';
    return { title: problem.title, lines: [problem.detail, problem.fix, request].filter(Boolean) };
  }, [t]);
}

export function ProblemView({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation();
  const { title, lines } = useWords()(error);
  return (
    <Alert
      type="error" showIcon title={title} role="alert"
      description={lines.map((line) => <div key={line}>{line}</div>)}
      action={retry && <Button size="small" onClick={retry}>{t('common.retry')}</Button>}
    />
  );
}

/** Shows a failed write as a notification that stays until it is closed. */
export function useProblemNotice(): (error: unknown) => void {
  const { notification } = App.useApp();
  const words = useWords();
  return useCallback((error) => {
    const { title, lines } = words(error);
    notification.error({ title, description: lines.map((line) => <div key={line}>{line}</div>), duration: 0 });
  }, [notification, words]);
}
