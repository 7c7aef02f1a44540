// Figures of process performance: times with their intervals, rates with their refusals, differences.
import { Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Bounded, Difference, ProcessRate, ProcessTimes } from '../../api/generated';
import { Told } from '../../components/told';
import { coefficient, duration, exact, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';

export type Show = (value: number) => string;

/** Durations with a true minus; what has none is a dash. */
export function useTime(): Show {
  const language = useLanguage();
  return (ms) => duration(ms, language).replace('-', '−');
}

/** Percentage points for differences of shares, signed. */
export function usePoints(): Show {
  const language = useLanguage();
  return (value) => `${value > 0 ? '+' : ''}${exact(value * 100, language, 1).replace('-', '−')} ${language === 'zh' ? '个百分点' : 'pp'}`;
}

export function Estimate({ of, show, words }: { of: Bounded; show: Show; words: string }) {
  if (of.value === null) return <span className="muted">–</span>;
  return (
    <Told words={words}>
      <button type="button" className="link num" data-drill="told">
        {show(of.value)}{of.low !== null && of.high !== null && <span className="muted small"> [{show(of.low)}, {show(of.high)}]</span>}
      </button>
    </Told>
  );
}

export function Times({ of, words }: { of: ProcessTimes; words: string }) {
  return <Estimate of={of.median} show={useTime()} words={words} />;
}

export function Figure({ label, of, show, words }: { label: string; of: Bounded; show: Show; words: string }) {
  return (
    <div className="ptree-measure">
      <span className="muted small">{label}</span>
      <b><Estimate of={of} show={show} words={words} /></b>
    </div>
  );
}

export function RateFigure({ which, of }: { which: 'automation' | 'error' | 'manual'; of: ProcessRate }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const label = t(`perf.${which}`);
  if (of.value === null) {
    return (
      <div className="ptree-measure">
        <span className="muted small">{label}</span>
        <Told words={`${t(`perf.${which}_words`)} ${t(`perf.refused.${of.refused}`)}`}><button type="button" className="link" data-drill="told">{t('perf.refused_short')}</button></Told>
      </div>
    );
  }
  const unknown = of.unknown > 0 ? ` ${t('perf.unknown_steps', { shown: exact(of.unknown, language) })}` : '';
  return <Figure label={label} of={of} show={(value) => percent(value, language)} words={`${t(`perf.${which}_words`)} ${t('perf.of_steps', { hits: exact(of.hits, language), steps: exact(of.steps, language) })}${unknown}`} />;
}

export function Gap({ of, show, words }: { of: Difference | null; show: Show; words: string }) {
  const { t } = useTranslation();
  if (of === null) return <Told words={`${words} ${t('perf.too_few')}`}><button type="button" className="link muted" data-drill="told">–</button></Told>;
  return <span className="nowrap"><Estimate of={{ value: of.difference, low: of.low, high: of.high }} show={show} words={words} />{of.shown && <Tag color="blue" style={{ marginInlineStart: 6 }}>{t('perf.shown')}</Tag>}</span>;
}

export function useAmount(): Show {
  const language = useLanguage();
  return (value) => coefficient(value, language, 2);
}
