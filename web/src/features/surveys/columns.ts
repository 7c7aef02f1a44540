// How a column of answers is called.
import type { TFunction } from 'i18next';
import type { AnswerColumn } from '../../api/generated';
import type { Language } from '../../format/numbers';

/** One of both texts, the reader's language first; placeholders become what stands for nobody. */
function plain(texts: { zh: string; en: string }, language: Language): string {
  const text = language === 'zh' ? texts.zh || texts.en : texts.en || texts.zh;
  return text.replace(/\{[^{}|]*\|?([^{}|]*)\}/g, '$1').trim();
}

/** `of`: the question that a row belongs to; empty: it is no row. */
export function columnTexts(column: AnswerColumn, language: Language): { text: string; of: string } {
  return { text: plain(column.text, language) || column.key, of: plain(column.of, language) };
}

/** How a figure of an index is called: "servqual.empathy" is SERVQUAL · Empathy. */
export function indexName(key: string, t: TFunction): string {
  if (key === 'servqual') return `SERVQUAL · ${t('index.weighted')}`;
  const part = key.slice(key.indexOf('.') + 1);
  if (key.startsWith('servqual.')) return `SERVQUAL · ${t(`index.dimension_${part}`)}`;
  return key.startsWith('gap.') ? `${t('index.gaps')} · ${t(`index.gap_${part}`)}` : `${t('index.pyramid')} · ${t(`index.pyramid_${part}`)}`;
}

export function shorten(text: string, characters: number): string {
  return text.length > characters ? `${text.slice(0, characters - 1).trimEnd()}…` : text;
}
