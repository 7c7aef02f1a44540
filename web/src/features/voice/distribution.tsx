// How the answers are spread, coloured by what they mean, with the three shares above.
import { useTranslation } from 'react-i18next';
import type { ScoreBin, VoiceScores } from '../../api/generated';
import { compact, exact, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { sentiment, sentimentKey, type Sentiment } from '../../components/score';

const kKinds: Sentiment[] = ['detractor', 'passive', 'promoter'];

export function shares(bins: ScoreBin[], instrument: string): Record<Sentiment, number> {
  const result: Record<Sentiment, number> = { promoter: 0, passive: 0, detractor: 0 };
  const total = bins.reduce((sum, bin) => sum + bin.count, 0);
  for (const bin of bins) result[sentiment(bin.score, instrument)] += total > 0 ? bin.count / total : 0;
  return result;
}

export function Distribution({ scores, onPick }: { scores: VoiceScores; onPick: (low: number, high: number, title: string) => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const part = shares(scores.distribution, scores.instrument);
  const largest = Math.max(1, ...scores.distribution.map((bin) => bin.count));
  const range = (kind: Sentiment) => {
    const own = scores.distribution.filter((bin) => sentiment(bin.score, scores.instrument) === kind).map((bin) => bin.score);
    return own.length > 0 ? [Math.min(...own), Math.max(...own)] as const : null;
  };
  return (
    <>
      <div className="stack" aria-hidden>
        {kKinds.map((kind) => part[kind] > 0 && (
          <div key={kind} style={{ width: `${part[kind] * 100}%`, background: `var(--${kind})`, color: kind === 'passive' ? 'var(--text)' : '#fff' }}>{part[kind] >= 0.08 && percent(part[kind], language, 0)}</div>
        ))}
      </div>
      <div style={{ display: 'flex', flexWrap: 'wrap', gap: '4px 16px', margin: '8px 0 14px' }}>
        {kKinds.map((kind) => {
          const own = range(kind);
          return (
            <button key={kind} type="button" className="link small" disabled={!own} data-drill="events" data-count={scores.distribution.filter((bin) => sentiment(bin.score, scores.instrument) === kind).reduce((sum, bin) => sum + bin.count, 0)} onClick={() => own && onPick(own[0], own[1], t(sentimentKey(kind, scores.instrument)))}>
              <span style={{ display: 'inline-block', width: 9, height: 9, borderRadius: 2, background: `var(--${kind})`, marginInlineEnd: 6 }} />{t(sentimentKey(kind, scores.instrument))} {percent(part[kind], language)}
            </button>
          );
        })}
      </div>
      <div className="bars" style={{ gap: 4 }}>
        {scores.distribution.toSorted((a, b) => (scores.instrument === 'ces' ? a.score - b.score : b.score - a.score)).map((bin) => (
          <button key={bin.score} type="button" className="bar-row" data-drill="events" data-count={bin.count} style={{ gridTemplateColumns: '28px 1fr auto' }} title={exact(bin.count, language)} onClick={() => onPick(bin.score, bin.score, `${scores.instrument.toUpperCase()} = ${bin.score}`)}>
            <span className="num">{exact(bin.score, language, 1)}</span>
            <span className="bar-track"><span className="bar-fill" style={{ display: 'block', width: `${(bin.count / largest) * 100}%`, background: `var(--${sentiment(bin.score, scores.instrument)})` }} /></span>
            <span className="end">{compact(bin.count, language)}</span>
          </button>
        ))}
      </div>
    </>
  );
}
