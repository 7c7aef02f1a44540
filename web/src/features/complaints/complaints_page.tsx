// Complaints: which there are and which are late, comments that look like one, how they are dealt with, what changed.
import { PlusOutlined } from '@ant-design/icons';
import { Button, Tabs } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '../../components/page';
import { useAddress } from '../../state/address';
import { useMay } from '../../state/session';
import { Candidates } from './candidates';
import { ComplaintList } from './complaint_list';
import { ComplaintReport } from './complaint_report';
import { Improvements } from './improvements';
import { Limits } from './limits';
import { NewComplaint } from './new_complaint';
import { Rules } from './rules';

export function ComplaintsPage() {
  const { t } = useTranslation();
  const may = useMay();
  const [view, setView] = useAddress('view', 'list');
  const [making, setMaking] = useState(false);
  const add = may('handle_complaints') && <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)}>{t('complaint.new')}</Button>;
  const tabs = [
    { key: 'list', label: t('complaint.list'), children: <ComplaintList add={add} />, shown: true },
    { key: 'candidates', label: t('complaint.candidates'), children: <Candidates />, shown: true },
    { key: 'report', label: t('complaint.report'), children: <ComplaintReport />, shown: may('view_metrics') },
    { key: 'rules', label: t('complaint_rule.rules'), children: <Rules />, shown: may('manage_data') },
    { key: 'limits', label: t('remedy_limit.limits'), children: <Limits />, shown: true },
    { key: 'improvements', label: t('complaint.improvements'), children: <Improvements />, shown: true },
  ];
  return (
    <Page title={t('nav.complaints')} answers={t('complaint.answers')} actions={add}>
      <Tabs activeKey={view} onChange={setView} destroyOnHidden items={tabs.filter((tab) => tab.shown)} />
      {making && <NewComplaint onClose={() => setMaking(false)} />}
    </Page>
  );
}
