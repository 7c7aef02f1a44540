// The document of a survey: built by hand or written as text, checked with what is wrong and where, kept as the next version.
import { Alert, App, Button, Input, Space, Tabs } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useInvalidate } from '../../api/client';
import { useCheckSurvey, useUpdateSurvey, type SurveyDetail, type SurveyProblem } from '../../api/generated';
import { Panel } from '../../components/page';
import { useProblemNotice } from '../../components/problem';
import { saveFile } from '../../format/export';
import { useMay } from '../../state/session';
import { SurveyFrame } from './survey_frame';
import { SurveyLook, SurveyPhone } from './survey_look';
import { SurveyOutline } from './survey_outline';

function parsed(text: string): Record<string, unknown> | string {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Record<string, unknown> : '{ … }';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

export function SurveyDocumentPanel({ survey }: { survey: SurveyDetail }) {
  const { t } = useTranslation();
  const may = useMay();
  const { message } = App.useApp();
  const notice = useProblemNotice();
  const invalidate = useInvalidate();
  const before = JSON.stringify(survey.document, null, 2);
  const [text, setText] = useState(before);
  const [problems, setProblems] = useState<SurveyProblem[]>([]);
  const check = useCheckSurvey();
  const update = useUpdateSurvey();
  const document = useMemo(() => parsed(text), [text]);
  const change = (next: Record<string, unknown>) => setText(JSON.stringify(next, null, 2));
  const editable = may('manage_data') && survey.state !== 'closed';
  const save = () => {
    if (typeof document === 'string') return setProblems([{ at: '/', what: t('survey.not_json', { why: document }) }]);
    return check.mutate({ body: { document } }, {
      onError: notice,
      onSuccess: (found) => {
        setProblems(found.problems);
        if (found.problems.length > 0) return;
        update.mutate({ id: survey.id, body: { document } }, {
          onError: notice,
          onSuccess: async () => {
            void message.success(t('survey.saved'));
            await invalidate('getSurvey', 'listSurveys');
          },
        });
      },
    });
  };
  return (
    <Panel title={t('survey.document')} note={t('survey.document_note')} tools={<Button size="small" onClick={() => saveFile(`${survey.key}.json`, 'application/json', before)}>{t('common.export')}</Button>}>
      {problems.length > 0 && (
        <Alert
          type="error" showIcon role="alert" style={{ marginBottom: 12 }} title={t('survey.problems', { n: problems.length })}
          description={<ul style={{ margin: 0, paddingInlineStart: 18 }}>{problems.map((one) => <li key={one.at + one.what}><code>{one.at || '/'}</code> {one.what}</li>)}</ul>}
        />
      )}
      <Tabs
        items={[
          ...(typeof document === 'string' ? [] : [
            { key: 'order', label: t('builder.order'), children: <SurveyOutline document={document} disabled={!editable} onChange={change} /> },
            { key: 'frame', label: t('builder.frame'), children: <SurveyFrame document={document} disabled={!editable} onChange={change} /> },
            { key: 'look', label: t('builder.look'), children: <SurveyLook document={document} disabled={!editable} onChange={change} /> },
            { key: 'phone', label: t('builder.phone'), children: <SurveyPhone document={document} />, destroyOnHidden: true },
          ]),
          { key: 'text', label: t('builder.text'), forceRender: true, children: <Input.TextArea aria-label={t('survey.document')} value={text} readOnly={!editable} onChange={(event) => setText(event.target.value)} autoSize={{ minRows: 12, maxRows: 32 }} spellCheck={false} style={{ fontFamily: 'ui-monospace, monospace', fontSize: 13 }} /> },
        ]}
      />
      {editable && (
        <Space style={{ marginTop: 12 }}>
          <Button type="primary" disabled={text === before} loading={check.isPending || update.isPending} onClick={save}>{t('common.save')}</Button>
          <Button disabled={text === before} onClick={() => { setText(before); setProblems([]); }}>{t('common.undo')}</Button>
        </Space>
      )}
    </Panel>
  );
}
