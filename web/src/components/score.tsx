// One answer of a satisfaction question, coloured the same everywhere.
import { useTranslation } from 'react-i18next';
import { exact } from '../format/numbers';
import { useLanguage } from '../i18n';

export type Sentiment = 'promoter' | 'passive' | 'detractor';

/** What an answer means: NPS 9-10 / 7-8 / 0-6; five points 4-5 / 3 / 1-2; effort the other way round. */
export function sentiment(score: number, instrument: string): Sentiment {
  if (instrument === 'nps') return score >= 9 ? 'promoter' : score >= 7 ? 'passive' : 'detractor';
  if (instrument === 'ces') return score <= 2 ? 'promoter' : score < 4 ? 'passive' : 'detractor';
  return score >= 4 ? 'promoter' : score >= 3 ? 'passive' : 'detractor';
}

/** The catalogue key of a sentiment's name: NPS has words of its own. */
export function sentimentKey(kind: Sentiment, instrument: string): string {
  return `${instrument === 'nps' ? 'nps' : 'score'}.${kind}`;
}

/** The short name of an instrument, for narrow places. */
export function useInstrument(): (instrument: string) => string {
  const { t } = useTranslation();
  return (instrument) => (instrument === 'review' ? t('instrument.review') : instrument.toUpperCase());
}

export function ScoreChip({ score, instrument }: { score: number | null; instrument: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const name = useInstrument();
  if (score === null) return <span className="muted">–</span>;
  const kind = sentiment(score, instrument);
  return (
    <span className={`score-chip ${kind}`} style={{ background: `var(--${kind})` }} title={`${name(instrument)} · ${t(sentimentKey(kind, instrument))}`}>
      {exact(score, language, 1)}
    </span>
  );
}
