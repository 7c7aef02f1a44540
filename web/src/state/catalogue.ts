// Names on screen: channels, touchpoints, stages, units and metrics, in the user's language.
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useGetTouchpoints, useListMetrics, useListUnits, type MetricInfo } from '../api/generated';
import { useLanguage } from '../i18n';

interface Named {
  key: string;
  name_en: string;
  name_zh: string;
}

/** "order_page" → "Order page"; for keys that the catalogue does not name. */
export function readable(key: string): string {
  const words = key.replaceAll(/[_-]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export interface Names {
  channel: (key: string) => string;
  touchpoint: (key: string) => string;
  stage: (key: string) => string;
  unit: (key: string) => string;
  channels: string[];
  touchpoints: string[];
  stages: string[];
}

export function useNames(): Names {
  const { t } = useTranslation();
  const language = useLanguage();
  const { data } = useGetTouchpoints({ staleTime: 60_000 });
  const { data: units } = useListUnits({ staleTime: 300_000 });
  return useMemo(() => {
    const namer = (items: Named[] | undefined) => {
      const names = new Map((items ?? []).map((item) => [item.key, (language === 'zh' ? item.name_zh || item.name_en : item.name_en || item.name_zh)]));
      return (key: string) => (key === '' ? t('common.unmapped') : names.get(key) || readable(key));
    };
    return {
      channel: namer(data?.channels),
      touchpoint: namer(data?.touchpoints),
      stage: namer(data?.stages),
      unit: namer(units?.items),
      channels: (data?.channels ?? []).map((item) => item.key),
      touchpoints: (data?.touchpoints ?? []).map((item) => item.key),
      stages: (data?.stages ?? []).map((item) => item.key),
    };
  }, [data, units, language, t]);
}

export function useMetricCatalogue(): { find: (key: string) => MetricInfo | undefined; name: (key: string) => string; items: MetricInfo[] } {
  const language = useLanguage();
  const { data } = useListMetrics({ staleTime: 600_000 });
  return useMemo(() => {
    const byKey = new Map((data?.items ?? []).map((item) => [item.key, item]));
    return {
      items: data?.items ?? [],
      find: (key) => byKey.get(key),
      name: (key) => {
        const item = byKey.get(key);
        return item ? (language === 'zh' ? item.name_zh : item.name_en) : readable(key);
      },
    };
  }, [data, language]);
}
