// The global filters. They live in the address, so that a link shows what its sender saw.
import { useMemo } from 'react';
import { useLocation, useSearchParams } from 'react-router';
import { useGetStatus, useListUnits, type Unit } from '../api/generated';
import { addDays, isoDay } from '../format/numbers';
import { useSession } from './session';

export const kRanges = ['7d', '30d', '90d', '12m', 'all', 'custom'] as const;
export type Range = (typeof kRanges)[number];
export const kCompares = ['previous', 'year', 'none'] as const;
export type Compare = (typeof kCompares)[number];

export interface Filters {
  range: Range;
  /** First and last day, both included; of a custom range. */
  from: string;
  to: string;
  compare: Compare;
  units: string[];
  channels: string[];
  /** Key of a persona; empty: all customers. Counts where journeys are looked at. */
  persona: string;
}

const kDefaultRange: Range = '90d';
export const kFilterKeys = ['range', 'from', 'to', 'compare', 'units', 'channel', 'persona'];
const kDay = /^\d{4}-\d{2}-\d{2}$/;

function list(text: string | null): string[] {
  return text ? text.split(',').filter(Boolean) : [];
}

/** Before all data there is nothing to compare with. */
export function comparison(filters: Filters): Compare {
  return filters.range === 'all' ? 'none' : filters.compare;
}

/** Reads the filters of an address; what makes no sense falls back to the default. */
export function parseFilters(params: URLSearchParams): Filters {
  const range = kRanges.find((candidate) => candidate === params.get('range')) ?? kDefaultRange;
  const from = params.get('from') ?? '';
  const to = params.get('to') ?? '';
  const whole = kDay.test(from) && kDay.test(to) && from <= to;
  return {
    range: range === 'custom' && !whole ? kDefaultRange : range,
    from: whole ? from : '',
    to: whole ? to : '',
    compare: kCompares.find((candidate) => candidate === params.get('compare')) ?? 'previous',
    units: list(params.get('units')),
    channels: list(params.get('channel')),
    persona: params.get('persona') ?? '',
  };
}

/** Writes the filters into an address; defaults are left out to keep it short. */
export function writeFilters(params: URLSearchParams, filters: Filters): URLSearchParams {
  const next = new URLSearchParams(params);
  const put = (key: string, value: string, normal: string) => (value === normal ? next.delete(key) : next.set(key, value));
  put('range', filters.range, kDefaultRange);
  put('from', filters.range === 'custom' ? filters.from : '', '');
  put('to', filters.range === 'custom' ? filters.to : '', '');
  put('compare', filters.compare, 'previous');
  put('units', filters.units.join(','), '');
  put('channel', filters.channels.join(','), '');
  put('persona', filters.persona, '');
  return next;
}

/** Only the filters of an address, for links to other pages. */
export function filterSearch(params: URLSearchParams): string {
  const kept = new URLSearchParams([...params].filter(([key]) => kFilterKeys.includes(key)));
  return kept.size > 0 ? `?${kept}` : '';
}

/** First day and the day after the last, for a range that ends on `lastDay`. */
export function rangeDays(filters: Filters, lastDay: string, firstDay: string): { from: string; to: string } {
  const to = addDays(lastDay, 1);
  const back: Partial<Record<Range, number>> = { '7d': 7, '30d': 30, '90d': 90, '12m': 365 };
  if (filters.range === 'custom') return { from: filters.from, to: addDays(filters.to, 1) };
  if (filters.range === 'all') return { from: firstDay, to };
  return { from: addDays(to, -(back[filters.range] ?? 90)), to };
}

export function useFilters(): { filters: Filters; setFilters: (patch: Partial<Filters>) => void } {
  const [params, setParams] = useSearchParams();
  const filters = useMemo(() => parseFilters(params), [params]);
  return {
    filters,
    setFilters: (patch) => setParams((current) => writeFilters(current, { ...parseFilters(current), ...patch })),
  };
}

/** Keys of units and everything below them. */
export function withBelow(units: Unit[], keys: string[]): Set<string> {
  const found = new Set(keys);
  for (let size = -1; size !== found.size;) {
    size = found.size;
    for (const unit of units) if (found.has(unit.parent)) found.add(unit.key);
  }
  return found;
}

/** The zone that all units asked for share; undefined: the installation's. `everywhere`: the user sees all units. */
export function scopeZone(units: Unit[], chosen: string[], everywhere: boolean): string | undefined {
  if (chosen.length === 0 && everywhere) return undefined;
  const asked = withBelow(units, chosen);
  const zones = new Set(units.filter((unit) => chosen.length === 0 || asked.has(unit.key)).map((unit) => unit.zone));
  return zones.size === 1 ? [...zones][0] : undefined;
}

export interface Scope {
  /** The filters as the API takes them. */
  query: { from: string; to: string; units?: string; channel?: string; persona?: string };
  /** The time zone that the chosen branches share, else the installation's; the server decides alike. */
  zone: string | undefined;
  /** The last day of the range lies before today: history is shown. */
  historic: boolean;
  ready: boolean;
}

/** Pages whose questions take a persona. */
export const takesPersona = (pathname: string): boolean => pathname.startsWith('/journeys');

/** What to ask the API for. Ranges end today, or on the last day with data where that is earlier. */
export function useScope(): Scope {
  const { filters } = useFilters();
  const { pathname } = useLocation();
  const { all_units: everywhere } = useSession();
  const status = useGetStatus({ staleTime: 30_000 });
  const units = useListUnits({ staleTime: 300_000 });
  return useMemo(() => {
    const zone = scopeZone(units.data?.items ?? [], filters.units, everywhere) ?? status.data?.zone;
    const today = isoDay(new Date(), zone);
    const newest = status.data?.data_to ? isoDay(new Date(status.data.data_to), zone) : today;
    const oldest = status.data?.data_from ? isoDay(new Date(status.data.data_from), zone) : addDays(today, -90);
    const last = newest < today ? newest : today;
    return {
      query: {
        ...rangeDays(filters, last, oldest),
        ...(filters.units.length > 0 && { units: filters.units.join(',') }),
        ...(filters.channels.length > 0 && { channel: filters.channels.join(',') }),
        ...(filters.persona && takesPersona(pathname) && { persona: filters.persona }),
      },
      zone,
      historic: newest < addDays(today, -1),
      ready: !status.isPending && !units.isPending,
    };
  }, [filters, pathname, everywhere, status.data, status.isPending, units.data, units.isPending]);
}
