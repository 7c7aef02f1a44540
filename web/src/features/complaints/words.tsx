// Names and colours of complaints, in the reader's language.
import { Tag } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useGetComplaintCatalogue, type Complaint } from '../../api/generated';
import { useLanguage } from '../../i18n';

/** Names of categories; below another one both. */
export function useCategories() {
  const language = useLanguage();
  const { data } = useGetComplaintCatalogue({ staleTime: 60_000 });
  return useMemo(() => {
    const names = new Map((data?.categories ?? []).map((one) => [one.key, language === 'zh' ? one.name_zh : one.name_en]));
    const name = (key: string) => {
      const parent = key.includes('.') ? names.get(key.split('.')[0] ?? '') : undefined;
      const own = names.get(key) ?? key;
      return parent ? `${parent} › ${own}` : own;
    };
    return { name, options: (data?.categories ?? []).map((one) => ({ value: one.key, label: name(one.key) })), catalogue: data };
  }, [data, language]);
}

const kStates: Record<Complaint['state'], string> = { new: 'blue', accepted: 'cyan', in_recovery: 'geekblue', resolved: 'green', closed: 'default', reopened: 'magenta' };
export const kStateKeys = Object.keys(kStates) as Complaint['state'][];
export const kSeverityKeys: Complaint['severity'][] = ['low', 'medium', 'high', 'critical'];
const kSeverities: Record<Complaint['severity'], string> = { low: 'default', medium: 'blue', high: 'orange', critical: 'red' };
const kClocks: Record<Complaint['clock'], string> = { running: 'default', soon: 'orange', late: 'red', met: 'green', missed: 'volcano' };

export function StateTag({ state }: { state: Complaint['state'] }) {
  const { t } = useTranslation();
  return <Tag color={kStates[state]}>{t(`complaint.state_${state}`)}</Tag>;
}
export function SeverityTag({ severity }: { severity: Complaint['severity'] }) {
  const { t } = useTranslation();
  return <Tag color={kSeverities[severity]}>{t(`complaint.severity_${severity}`)}</Tag>;
}
/** Words beside the colour: who cannot tell red from green reads it. */
export function ClockTag({ clock }: { clock: Complaint['clock'] }) {
  const { t } = useTranslation();
  return <Tag color={kClocks[clock]}>{t(`complaint.clock_${clock}`)}</Tag>;
}
