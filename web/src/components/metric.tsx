// A metric on screen: its number, change, interval, sample, definition.
import { ArrowDownOutlined, ArrowUpOutlined, InfoCircleOutlined, MinusOutlined } from '@ant-design/icons';
import { Popover, Tooltip } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Card, Change, MetricInfo } from '../api/generated';
import { exact, metricValue } from '../format/numbers';
import { useLanguage } from '../i18n';
import { usePalette } from '../state/appearance';
import { Sparkline } from './sparkline';

export type Verdict = 'good' | 'bad' | 'neutral';

/** Good or bad by the metric's direction; neutral while the change may be chance. */
export function verdict(change: Change, direction: MetricInfo['direction']): Verdict {
  if (!change.significant || direction === 'none' || change.value === 0) return 'neutral';
  return (change.value > 0) === (direction === 'up') ? 'good' : 'bad';
}

/** Of a comparison that was asked for (`compared`) and is not there: nothing, or too little, is stored of the time before. */
export function ChangeMark({ change, metric, currency, compared }: { change: Change | null; metric: Pick<MetricInfo, 'unit' | 'direction'> | undefined; currency?: string | null; compared: boolean }) {
  const { t } = useTranslation();
  const language = useLanguage();
  if (!change) return compared ? <Tooltip title={t('metric.no_comparison_why')}><span className="change neutral" style={{ position: 'relative', zIndex: 1 }}>{t('metric.no_comparison')}</span></Tooltip> : null;
  const unit = metric?.unit ?? 'count';
  const kind = verdict(change, metric?.direction ?? 'none');
  const icon = change.value > 0 ? <ArrowUpOutlined /> : change.value < 0 ? <ArrowDownOutlined /> : <MinusOutlined />;
  const write = (value: number) => metricValue(value, unit, language, { signed: true, currency: currency ?? null });
  const interval = change.low !== null && change.high !== null ? t('metric.interval', { low: write(change.low), high: write(change.high) }) : '';
  const meaning = t(change.significant ? `metric.${kind}` : 'metric.chance');
  return (
    <Tooltip title={[meaning, interval].filter(Boolean).join(' · ')}>
      <span className={`change ${kind}`} style={{ position: 'relative', zIndex: 1 }}>
        {icon} {write(change.value)}
      </span>
    </Tooltip>
  );
}

export function MetricDefinition({ metric }: { metric: MetricInfo }) {
  const { t } = useTranslation();
  const chinese = useLanguage() === 'zh';
  return (
    <div style={{ maxWidth: 360 }}>
      <p style={{ margin: '0 0 8px' }}>{chinese ? metric.formula_zh : metric.formula_en}</p>
      <div className="muted small">
        {t(`metric.direction_${metric.direction}`)}
        {metric.source && <> · {t('metric.source', { source: metric.source })}</>} · {t('metric.version', { version: metric.version })}
      </div>
    </div>
  );
}

export function MetricHelp({ metric }: { metric: MetricInfo | undefined }) {
  const { t } = useTranslation();
  const chinese = useLanguage() === 'zh';
  if (!metric) return null;
  const name = chinese ? metric.name_zh : metric.name_en;
  return (
    <Popover trigger="click" title={name} content={<MetricDefinition metric={metric} />}>
      <button type="button" className="icon-button" aria-label={t('metric.definition_of', { name })}><InfoCircleOutlined /></button>
    </Popover>
  );
}

function Behind({ drill, className, children }: { drill: (() => void) | undefined; className: string; children: ReactNode }) {
  return drill ? <button type="button" className={className} data-drill="explained" onClick={drill}>{children}</button> : <span className={className}>{children}</span>;
}

/** An index card: value, change, interval, n, trend. Choosing it shows it in the main picture. */
export function StatCard({ card, metric, name, compared, selected, onSelect, onDrill }: {
  card: Card; metric: MetricInfo | undefined; name: string; compared: boolean; selected: boolean; onSelect: () => void; onDrill: (() => void) | undefined;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const palette = usePalette();
  const unit = metric?.unit ?? 'count';
  const write = (value: number) => metricValue(value, unit, language, { currency: card.currency });
  const kind = card.change ? verdict(card.change, metric?.direction ?? 'none') : 'neutral';
  const colour = { good: palette.good, bad: palette.bad, neutral: palette.accent }[kind];
  const sample = t('metric.n', { n: exact(card.n, language) });
  return (
    <div className={`stat ${selected ? 'selected' : ''}`}>
      <button type="button" className="pick" onClick={onSelect} aria-pressed={selected} aria-label={t('metric.show', { name })} />
      <div className="top"><span className="label">{name}</span><MetricHelp metric={metric} /></div>
      <div className="figure">
        {card.value === null || !card.enough
          ? <span className="value weak">{card.n === 0 ? t('metric.none') : t('metric.not_enough', { n: card.n })}</span>
          : <Behind drill={onDrill} className="value">{write(card.value)}</Behind>}
        {card.enough && <ChangeMark change={card.change} metric={metric} currency={card.currency} compared={compared} />}
      </div>
      <div className="meta">
        <span>{card.enough && card.low !== null && card.high !== null && card.low !== card.high
          ? t('metric.interval', { low: write(card.low), high: write(card.high) }) : '\u00a0'}</span>
        {card.n > 0 ? <Behind drill={onDrill} className="link">{sample}</Behind> : <span>{sample}</span>}
      </div>
      <Sparkline series={card.series} colour={colour} />
    </div>
  );
}
