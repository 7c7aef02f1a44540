// A number by group with its intervals: points with whiskers on one scale, lowest first. Colour only where the
// interval lies clear of the overall value (dashed), good or bad by the metric's direction.
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import type { MetricGroup, MetricInfo } from '../api/generated';
import { exact } from '../format/numbers';
import { useLanguage } from '../i18n';
import { usePalette } from '../state/appearance';

/** `count`: how many comments a group opens; without it, it opens events. */
export function IntervalGroups({ groups, overall, direction, name, write, onPick, count }: {
  groups: MetricGroup[]; overall: number | null; direction: MetricInfo['direction'];
  name: (key: string) => string; write: (value: number) => string; onPick: (key: string) => void; count?: (key: string) => number;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const palette = usePalette();
  const known = groups.filter((group) => group.value !== null && group.enough).toSorted((a, b) => (a.value ?? 0) - (b.value ?? 0));
  const few = groups.filter((group) => group.value === null || !group.enough);
  if (known.length === 0 && few.length === 0) return <p className="muted">{t('voice.no_groups')}</p>;
  const ends = known.flatMap((group) => [group.low ?? group.value ?? 0, group.high ?? group.value ?? 0]).concat(overall === null ? [] : [overall]);
  const low = Math.min(...ends);
  const span = Math.max(...ends) - low || 1;
  const at = (value: number) => `${4 + ((value - low) / span) * 92}%`;
  return (
    <div className="bars" style={{ gap: 2 }}>
      {known.map((group) => {
        const value = group.value ?? 0;
        const from = group.low ?? value;
        const to = group.high ?? value;
        const clear = overall === null || from === to ? 0 : from > overall ? 1 : to < overall ? -1 : 0;
        const verdict = clear === 0 || direction === 'none' ? 'neutral' : (clear > 0) === (direction === 'up') ? 'good' : 'bad';
        const colour = { good: palette.good, bad: palette.bad, neutral: palette.accent }[verdict];
        const interval = from === to ? '' : ` (${t('metric.interval', { low: write(from), high: write(to) })})`;
        const words = `${name(group.group)}: ${write(value)}${interval} · ${t('metric.n', { n: exact(group.n, language) })}`;
        return (
          <button key={group.group} type="button" className="bar-row" data-drill={count ? 'comments' : 'explained'} data-count={count?.(group.group)} title={words} onClick={() => onPick(group.group)}>
            <span>{name(group.group)}</span>
            <span style={{ position: 'relative', height: 20 }} aria-hidden>
              {overall !== null && <span style={{ position: 'absolute', left: at(overall), top: 0, bottom: 0, borderInlineStart: `1px dashed ${palette.passive}` }} />}
              <span style={{ position: 'absolute', left: at(from), width: `calc(${at(to)} - ${at(from)})`, top: 8, height: 4, borderRadius: 2, background: colour, opacity: 0.35 }} />
              <span style={{ position: 'absolute', left: at(value), top: 5, width: 10, height: 10, marginInlineStart: -5, borderRadius: 5, background: colour }} />
            </span>
            <span className="end"><b>{write(value)}</b> <span className="muted small">{t('metric.n', { n: exact(group.n, language) })}</span></span>
          </button>
        );
      })}
      {few.length > 0 && (
        <p className="muted small" style={{ margin: '8px 0 0' }}>
          {t('voice.few')} {few.map((group, index) => (
            <Fragment key={group.group}>{index > 0 && t('common.list')}<button type="button" className="link small" data-drill={count ? 'comments' : 'explained'} data-count={count?.(group.group)} onClick={() => onPick(group.group)}>{name(group.group)} ({exact(group.n, language)})</button></Fragment>
          ))}
        </p>
      )}
    </div>
  );
}
