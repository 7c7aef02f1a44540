// Two customers field by field: what each says (masked), how much the two agree, and what that is worth.
import { Table, Tag, type TableColumnsType } from 'antd';
import { useTranslation } from 'react-i18next';
import type { ReviewPair, ReviewStep } from '../../api/generated';
import { exact } from '../../format/numbers';
import { useLanguage } from '../../i18n';

const kWidest = 12;  // bits: beyond that a bar is as long as it gets

function colour(level: string): string {
  if (level === 'same') return 'green';
  if (level === 'different') return 'red';
  return level === 'missing' ? 'default' : 'orange';
}

/** To the right what speaks for one customer, to the left what speaks against it. */
export function WeightBar({ weight }: { weight: number }) {
  const language = useLanguage();
  const share = Math.min(Math.abs(weight) / kWidest, 1) * 50;
  return (
    <span className="weight">
      <span className="weight-track" aria-hidden>
        <span className={weight < 0 ? 'weight-against' : 'weight-for'} style={weight < 0 ? { right: '50%', width: `${share}%` } : { left: '50%', width: `${share}%` }} />
      </span>
      <span className="num">{weight > 0 ? '+' : ''}{exact(weight, language, 1)}</span>
    </span>
  );
}

export function Steps({ pair }: { pair: ReviewPair }) {
  const { t } = useTranslation();
  const value = (step: ReviewStep, text: string) => (
    text ? <span className="mono" style={{ overflowWrap: 'anywhere', fontWeight: step.level === 'same' || step.level === 'missing' ? 400 : 600 }}>{text}</span> : <span className="muted">–</span>
  );
  const columns: TableColumnsType<ReviewStep> = [
    { title: t('review.field'), key: 'column', render: (_, step) => t(`match_column.${step.column}`, { defaultValue: step.column }) },
    { title: t('review.left'), key: 'left', render: (_, step) => value(step, step.left) },
    { title: t('review.right'), key: 'right', render: (_, step) => value(step, step.right) },
    { title: t('review.agreement'), key: 'level', render: (_, step) => <Tag color={colour(step.level)}>{t(`match_level.${step.level}`, { defaultValue: step.level })}</Tag> },
    { title: t('review.weight'), key: 'weight', align: 'end', render: (_, step) => <WeightBar weight={step.weight} /> },
  ];
  return (
    <>
      <Table<ReviewStep> rowKey="column" size="small" columns={columns} dataSource={pair.steps} pagination={false} scroll={{ x: 'max-content' }} />
      <p className="muted small">{t('review.weight_text')}</p>
    </>
  );
}
