// Numbers, money, durations and dates as people of each language read them. Pure.
import type { Money } from '../api/generated';

export type Language = 'en' | 'zh';
const locale = (language: Language) => (language === 'zh' ? 'zh-CN' : 'en-GB');

const cache = new Map<string, Intl.NumberFormat>();
function numberFormat(language: Language, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = language + JSON.stringify(options);
  let format = cache.get(key);
  if (!format) {
    format = new Intl.NumberFormat(locale(language), options);
    cache.set(key, format);
  }
  return format;
}

/** 12,345 exactly; for hover and tables. */
export function exact(value: number, language: Language, digits = 0): string {
  return numberFormat(language, { maximumFractionDigits: digits, signDisplay: 'negative' }).format(value);
}

/** −0.243 and −0.00042 alike: to so many decimals, or where these would leave nothing to two significant digits. */
export function coefficient(value: number, language: Language, digits = 3): string {
  const vanishes = value !== 0 && Math.abs(value) < 10 ** -digits;
  return (vanishes ? numberFormat(language, { maximumSignificantDigits: 2 }).format(value) : exact(value, language, digits)).replace('-', '−');
}

/** From 10,000 on shortened: 12.3K, 4.5M; 1.2万, 3.4亿. */
export function compact(value: number, language: Language): string {
  if (Math.abs(value) < 10_000) return exact(value, language, Number.isInteger(value) ? 0 : 1);
  return numberFormat(language, { notation: 'compact', maximumSignificantDigits: 3 }).format(value)
    .replace(/(\d)(k|m|bn)$/, (_, digit: string, mark: string) => digit + ({ k: 'K', m: 'M', bn: 'B' }[mark] ?? mark));
}

/** 0.123 → 12.3% */
export function percent(value: number, language: Language, digits = 1): string {
  return numberFormat(language, { style: 'percent', maximumFractionDigits: digits }).format(value);
}

export function minorDigits(currency: string): number {
  try {
    return numberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
  } catch {
    return 2;
  }
}

export function moneyMinor(minor: number, currency: string, language: Language, short = true): string {
  const value = minor / 10 ** minorDigits(currency);
  const symbol: Record<string, string> = { CNY: '¥', USD: '$', EUR: '€', GBP: '£', BRL: 'R$', JPY: 'JP¥', HKD: 'HK$' };
  const mark = symbol[currency] ?? (currency ? `${currency} ` : '');
  const text = short && Math.abs(value) >= 10_000
    ? compact(Math.abs(value), language)
    : numberFormat(language, { minimumFractionDigits: minorDigits(currency), maximumFractionDigits: minorDigits(currency) })
      .format(Math.abs(value));
  return `${value < 0 ? '−' : ''}${mark}${text}`;
}

/** Whole minor units may exceed 2^53 only above 90 trillion units of currency: shown rounded, never computed with. */
export function money(amount: Money, language: Language, short = false): string {
  return moneyMinor(Number(amount.minor), amount.currency, language, short);
}

const kUnits = [
  { ms: 86_400_000, en: 'd', zh: ' 天' },
  { ms: 3_600_000, en: 'h', zh: ' 小时' },
  { ms: 60_000, en: 'min', zh: ' 分钟' },
  { ms: 1_000, en: 's', zh: ' 秒' },
] as const;

/** One unit with one decimal: 3.2 d, 45 min, 3.2 天. */
export function duration(ms: number, language: Language): string {
  const size = Math.abs(ms);
  const unit = kUnits.find((candidate) => size >= candidate.ms);
  if (!unit) return language === 'zh' ? `${Math.round(ms)} 毫秒` : `${Math.round(ms)} ms`;
  const value = exact(ms / unit.ms, language, size / unit.ms < 10 ? 1 : 0);
  return language === 'zh' ? `${value}${unit.zh}` : `${value} ${unit.en}`;
}

const kDurationMs: Record<string, number> = {
  ms: 1, seconds: 1_000, minutes: 60_000, hours: 3_600_000, days: 86_400_000,
};

/** A metric's value in its unit (see MetricInfo.unit). `signed` writes the plus too, for changes. */
export function metricValue(
  value: number, unit: string, language: Language, options: { currency?: string | null; signed?: boolean } = {},
): string {
  const sign = options.signed && value > 0 ? '+' : '';
  const factor = kDurationMs[unit];
  if (factor !== undefined) return sign + duration(value * factor, language);
  switch (unit) {
    case 'share':
      if (options.signed) {
        return `${sign}${exact(value * 100, language, 1).replace('-', '−')} ${language === 'zh' ? '个百分点' : 'pp'}`;
      }
      return percent(value, language);
    case 'points': return (sign + exact(value, language, 1)).replace('-', '−');
    case 'score': return (sign + numberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(value)).replace('-', '−');
    case 'money': return sign + moneyMinor(value, options.currency ?? '', language);
    case 'ratio': return (sign + exact(value, language, 2)).replace('-', '−');
    default: return (sign + compact(value, language)).replace('-', '−');
  }
}

const dates = new Map<string, Intl.DateTimeFormat>();
function dateFormat(language: Language, zone: string | undefined, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${zone} ${JSON.stringify(options)}`;
  let format = dates.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(locale(language), { ...options, ...(zone && { timeZone: zone }) });
    dates.set(key, format);
  }
  return format;
}

const kDay = { year: 'numeric', month: 'short', day: 'numeric' } as const;
const kDayZh = { year: 'numeric', month: 'long', day: 'numeric' } as const;

/** 21 Nov 2026; 2026年11月21日 */
export function day(at: string, language: Language, zone?: string): string {
  return dateFormat(language, zone, language === 'zh' ? kDayZh : kDay).format(new Date(at)).replace('Sept', 'Sep');
}

/** For axes: 21 Nov; 11月21日. By month: Nov 2026; 2026年11月 */
export function shortDay(at: string, language: Language, grain: string, zone?: string): string {
  const month = language === 'zh' ? 'long' : 'short';
  const options: Intl.DateTimeFormatOptions = grain === 'month' ? { year: 'numeric', month } : { month, day: 'numeric' };
  return dateFormat(language, zone, options).format(new Date(at)).replace('Sept', 'Sep');
}

/** 21 Nov 2026, 14:05; 2026年11月21日 14:05 */
export function moment(at: string, language: Language, zone?: string): string {
  const time = dateFormat(language, zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(new Date(at));
  return `${day(at, language, zone)}${language === 'zh' ? ' ' : ', '}${time}`;
}

/** 14:05:09, for live lists. */
export function clock(at: string, language: Language): string {
  return dateFormat(language, undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }).format(new Date(at));
}

/** "3 hours ago" */
export function ago(at: string, language: Language, now = Date.now()): string {
  const seconds = (new Date(at).getTime() - now) / 1000;
  const format = new Intl.RelativeTimeFormat(locale(language), { numeric: 'auto' });
  const steps: [Intl.RelativeTimeFormatUnit, number][] = [
    ['year', 31_557_600], ['month', 2_629_800], ['day', 86_400], ['hour', 3_600], ['minute', 60],
  ];
  const step = steps.find(([, size]) => Math.abs(seconds) >= size);
  return step ? format.format(Math.trunc(seconds / step[1]), step[0]) : format.format(Math.trunc(seconds), 'second');
}

/** The calendar day of an instant in a zone, YYYY-MM-DD. */
export function isoDay(at: Date, zone?: string): string {
  return new Intl.DateTimeFormat('sv-SE', { ...(zone && { timeZone: zone }), year: 'numeric', month: '2-digit', day: '2-digit' }).format(at);
}

export function addDays(isoDate: string, days: number): string {
  const date = new Date(`${isoDate}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}
