// Staff enter a customer's answers, by telephone or face to face: the page of the survey, for this customer.
import { PhoneOutlined } from '@ant-design/icons';
import { Button, Form, Modal, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useListSurveys, useStartInterview, type Interview as Started } from '../../api/generated';
import { ProblemView } from '../../components/problem';
import { moment } from '../../format/numbers';
import { useLanguage } from '../../i18n';

const kChannels = ['phone', 'store'];

export function Interview({ id }: { id: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [open, setOpen] = useState(false);
  const [started, setStarted] = useState<Started>();
  const surveys = useListSurveys({ enabled: open });
  const start = useStartInterview();
  const close = () => {
    setOpen(false);
    setStarted(undefined);
    start.reset();
  };
  const begin = ({ survey, channel }: { survey: string; channel: string }) => start.mutate({ id: survey, body: { customer: id, channel } }, { onSuccess: setStarted });
  const options = surveys.data?.items.filter((one) => one.state === 'open').map((one) => ({ value: one.id, label: (language === 'zh' ? one.title.zh || one.title.en : one.title.en || one.title.zh) || one.key }));
  return (
    <>
      <Button size="small" icon={<PhoneOutlined />} onClick={() => setOpen(true)}>{t('interview.button')}</Button>
      <Modal open={open} title={t('interview.title')} onCancel={close} footer={null} destroyOnHidden>
        {started
          ? (
            <>
              {started.asked && <p role="status">{t('interview.asked', { at: moment(started.asked, language) })}</p>}
              <Button type="primary" href={`${started.path}?lang=${language}`} target="_blank" rel="noreferrer" onClick={close}>{t('interview.open')}</Button>
            </>
          )
          : (
            <Form layout="vertical" requiredMark={false} initialValues={{ channel: 'phone' }} onFinish={begin}>
              <p className="muted">{t('interview.text')}</p>
              <Form.Item name="survey" label={t('interview.survey')} rules={[{ required: true, message: t('interview.survey_needed') }]}><Select options={options} notFoundContent={t('interview.none')} /></Form.Item>
              <Form.Item name="channel" label={t('round.channel')}><Select options={kChannels.map((value) => ({ value, label: t(`round.channel_${value}`) }))} /></Form.Item>
              {start.error && <div style={{ marginBottom: 16 }}><ProblemView error={start.error} /></div>}
              <Button type="primary" htmlType="submit" loading={start.isPending}>{t('interview.start')}</Button>
            </Form>
          )}
      </Modal>
    </>
  );
}
