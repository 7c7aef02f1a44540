// Scores by group with their intervals: points with whiskers on one scale, worst first so that it is seen first.
import { useTranslation } from 'react-i18next';
import type { VoiceScores } from '../../api/generated';
import { exact } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { usePalette } from '../../state/appearance';

export function ScoreGroups({ scores, name, write, onPick }: { scores: VoiceScores; name: (key: string) => string; write: (value: number) => string; onPick: (key: string) => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const palette = usePalette();
  const known = scores.groups.filter((group) => group.value !== null && group.enough).toSorted((a, b) => (a.value ?? 0) - (b.value ?? 0));
  const few = scores.groups.filter((group) => group.value === null || !group.enough);
  if (known.length === 0 && few.length === 0) return <p className="muted">{t('voice.no_groups')}</p>;
  const ends = known.flatMap((group) => [group.low ?? group.value ?? 0, group.high ?? group.value ?? 0]).concat(scores.value === null ? [] : [scores.value]);
  const low = Math.min(...ends);
  const span = Math.max(...ends) - low || 1;
  const at = (value: number) => `${4 + ((value - low) / span) * 92}%`;
  return (
    <div className="bars" style={{ gap: 2 }}>
      {known.map((group) => {
        const value = group.value ?? 0;
        const from = group.low ?? value;
        const to = group.high ?? value;
        const verdict = scores.value === null ? 'neutral' : from > scores.value ? 'good' : to < scores.value ? 'bad' : 'neutral';
        const colour = { good: palette.good, bad: palette.bad, neutral: palette.accent }[verdict];
        const words = `${name(group.group)}: ${write(value)} (${t('metric.interval', { low: write(from), high: write(to) })}) · ${t('metric.n', { n: exact(group.n, language) })}`;
        return (
          <button key={group.group} type="button" className="bar-row" title={words} onClick={() => onPick(group.group)}>
            <span>{name(group.group)}</span>
            <span style={{ position: 'relative', height: 20 }} aria-hidden>
              {scores.value !== null && <span style={{ position: 'absolute', left: at(scores.value), top: 0, bottom: 0, borderInlineStart: `1px dashed ${palette.passive}` }} />}
              <span style={{ position: 'absolute', left: at(from), width: `calc(${at(to)} - ${at(from)})`, top: 8, height: 4, borderRadius: 2, background: colour, opacity: 0.35 }} />
              <span style={{ position: 'absolute', left: at(value), top: 5, width: 10, height: 10, marginInlineStart: -5, borderRadius: 5, background: colour }} />
            </span>
            <span className="end"><b>{write(value)}</b> <span className="muted small">{t('metric.n', { n: exact(group.n, language) })}</span></span>
          </button>
        );
      })}
      {few.length > 0 && <p className="muted small" style={{ margin: '8px 0 0' }}>{t('voice.few', { groups: few.map((group) => `${name(group.group)} (${group.n})`).join(', ') })}</p>}
    </div>
  );
}
