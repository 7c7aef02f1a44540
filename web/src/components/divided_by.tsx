// By what figures are divided: the columns of events, or a segment of customers, named by what is known of them.
import { Input, Segmented, Space } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

export type Column = 'none' | 'channel' | 'touchpoint' | 'stage' | 'unit';

const kTraitStart = 'trait.';

export const isSegment = (by: string) => by.includes('.');
/** "level" is the trait; "crm.tariff" a column of a virtual source. Empty: nothing that could be a key. */
export function segmentKey(typed: string): string {
  const text = typed.trim();
  if (text === '' || /\s/.test(text)) return '';
  return isSegment(text) ? text : kTraitStart + text;
}
/** The condition that names a group of a segment, as the API reads it. Nothing: it cannot be written so. */
export function segmentCondition(by: string, group: string): string | undefined {
  return group.includes("'") ? undefined : `${by} = '${group}'`;
}

export function DividedBy({ by, columns, onChange, none }: { by: string; columns: readonly Column[]; onChange: (by: string) => void; none?: string }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(isSegment(by) ? by : '');
  const [typing, setTyping] = useState(isSegment(by));
  const take = () => {
    const key = segmentKey(typed);
    if (key && key !== by) onChange(key);
  };
  const choose = (value: string) => {
    setTyping(value === 'segment');
    if (value !== 'segment') onChange(value);
    else take();
  };
  return (
    <Space wrap size={4}>
      <Segmented size="small" style={{ maxWidth: 'calc(100vw - 76px)', overflowX: 'auto' }} value={typing ? 'segment' : by} onChange={choose} options={[
        ...columns.map((value) => ({ value, label: value === 'none' ? (none ?? '–') : t(`by.${value}`) })), { value: 'segment', label: t('by.segment') },
      ]} />
      {typing && <Input size="small" style={{ width: 150 }} aria-label={t('by.segment_key')} placeholder="trait.level" value={typed} onChange={(event) => setTyped(event.target.value)} onPressEnter={take} onBlur={take} autoComplete="off" spellCheck={false} />}
    </Space>
  );
}
