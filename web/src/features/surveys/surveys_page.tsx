// Surveys: which there are, in what state, and a new one from a template.
import { FormOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Form, Input, Modal, Select, Table, Tag, type TableColumnsType } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { useInvalidate } from '../../api/client';
import { useCreateSurvey, useListSurveyTemplates, useListSurveys, type Survey } from '../../api/generated';
import { Load } from '../../components/load';
import { Page, Panel } from '../../components/page';
import { ProblemView } from '../../components/problem';
import { Teach } from '../../components/teach';
import { exact, moment, type Language } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useMay } from '../../state/session';

const kColours: Record<Survey['state'], string> = { draft: 'default', open: 'success', closed: 'warning' };

/** One of both texts: the reader's language, else the other. */
export function textIn(texts: { zh: string; en: string }, language: Language): string {
  return (language === 'zh' ? texts.zh || texts.en : texts.en || texts.zh);
}

export function StateTag({ state }: { state: Survey['state'] }) {
  const { t } = useTranslation();
  return <Tag color={kColours[state]}>{t(`survey.state_${state}`)}</Tag>;
}

function NewSurvey({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const navigate = useNavigate();
  const invalidate = useInvalidate();
  const templates = useListSurveyTemplates({ staleTime: Infinity });
  const create = useCreateSurvey();
  const [form] = Form.useForm<{ template: string; key: string }>();
  const submit = (values: { template: string; key: string }) => create.mutate({ body: values }, {
    onSuccess: async (made) => {
      await invalidate('listSurveys');
      await navigate(`/surveys/${made.id}`);
    },
  });
  return (
    <Modal open title={t('survey.new')} onCancel={onClose} okText={t('survey.create')} confirmLoading={create.isPending} onOk={() => form.submit()} cancelText={t('common.cancel')}>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={submit} onValuesChange={(changed: { template?: string }) => changed.template && form.setFieldValue('key', changed.template)}>
        <Form.Item name="template" label={t('survey.template')} rules={[{ required: true, message: t('survey.template_needed') }]}>
          <Select options={templates.data?.items.map((one) => ({ value: one.key, label: textIn(one.document.title as { zh: string; en: string }, language) }))} />
        </Form.Item>
        <Form.Item name="key" label={t('survey.key')} extra={t('survey.key_explain')} rules={[{ required: true, pattern: /^[a-z0-9_-]{1,64}$/, message: t('survey.key_rule') }]}><Input autoComplete="off" /></Form.Item>
      </Form>
      {create.error && <ProblemView error={create.error} />}
    </Modal>
  );
}

export function SurveysPage() {
  const { t } = useTranslation();
  const language = useLanguage();
  const may = useMay();
  const surveys = useListSurveys();
  const [making, setMaking] = useState(false);
  const columns = useMemo<TableColumnsType<Survey>>(() => [
    { title: t('survey.title'), key: 'title', render: (_, one) => <Link to={`/surveys/${one.id}`}>{textIn(one.title, language)}</Link>, sorter: (a, b) => textIn(a.title, language).localeCompare(textIn(b.title, language)) },
    { title: t('survey.key'), dataIndex: 'key' },
    { title: t('survey.state'), key: 'state', render: (_, one) => <StateTag state={one.state} /> },
    { title: t('survey.version'), key: 'version', align: 'right', render: (_, one) => exact(one.version, language) },
    { title: t('survey.changed'), key: 'changed', render: (_, one) => <span className="nowrap">{moment(one.changed, language)}</span>, sorter: (a, b) => a.changed.localeCompare(b.changed) },
  ], [t, language]);
  const add = may('manage_data') && <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)}>{t('survey.new')}</Button>;
  return (
    <Page title={t('nav.surveys')} answers={t('survey.answers')} actions={add}>
      <Load query={surveys}>
        {({ items }) => (items.length === 0
          ? <Panel><Teach icon={<FormOutlined />} title={t('survey.empty')} text={t('survey.empty_text')} action={add} /></Panel>
          : <Panel><Table<Survey> rowKey="id" size="small" columns={columns} dataSource={items} scroll={{ x: 'max-content' }} pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }} /></Panel>)}
      </Load>
      {making && <NewSurvey onClose={() => setMaking(false)} />}
    </Page>
  );
}
