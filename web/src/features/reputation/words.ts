// What the parts of the page share: names and colours of brands, numbers with their intervals.
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { TextPortion } from '../../api/generated';
import { exact, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';

export interface Named {
  key: string;
  name_en: string;
  name_zh: string;
}

export function useBrandName(brands: Named[]): (key: string) => string {
  const language = useLanguage();
  return useCallback((key: string) => {
    const brand = brands.find((one) => one.key === key);
    if (!brand) return key;
    return (language === 'zh' ? brand.name_zh || brand.name_en : brand.name_en || brand.name_zh) || key;
  }, [brands, language]);
}

export interface Limits {
  value: number | null;
  low: number | null;
  high: number | null;
}

/** "value, 95% interval low to high", or that there is too little. */
export function useWritten(): { share: (of: TextPortion, n: number) => string; limits: (of: Limits, write: (value: number) => string) => string } {
  const { t } = useTranslation();
  const language = useLanguage();
  const limits = useCallback((of: Limits, write: (value: number) => string) => (of.low === null || of.high === null ? '' : t('metric.interval', { low: write(of.low), high: write(of.high) })), [t]);
  const share = useCallback((of: TextPortion, n: number) => (of.value === null ? t('metric.not_enough', { n: exact(n, language) }) : percent(of.value, language)), [t, language]);
  return { share, limits };
}

/** Only addresses of the web become links. */
export function webAddress(url: string): string | null {
  return /^https?:\/\//i.test(url) ? url : null;
}
