// The global filters: time range, comparison, branch or brand, channel.
import { DatePicker, Select, Tag, Tooltip } from 'antd';
import dayjs from 'dayjs';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'react-router';
import { useGetStatus, useListPersonas, useListUnits } from '../api/generated';
import { addDays, day } from '../format/numbers';
import { useLanguage } from '../i18n';
import { useNames } from '../state/catalogue';
import { comparison, kCompares, kRanges, takesPersona, useFilters, useScope, type Range } from '../state/filters';

/** Pages whose content does not depend on the filters show none. */
const kWithout = /^\/(data|record|connectors|settings)/;

function RangePicker() {
  const { t } = useTranslation();
  const { filters, setFilters } = useFilters();
  const { query } = useScope();
  const [choosing, setChoosing] = useState(false);
  const custom = filters.range === 'custom' || choosing;
  const pick = (range: Range) => {
    setChoosing(range === 'custom');
    if (range !== 'custom') setFilters({ range });
  };
  return (
    <>
      <Select<Range>
        value={custom ? 'custom' : filters.range} onChange={pick} aria-label={t('filter.range')} style={{ minWidth: 138 }} popupMatchSelectWidth={false}
        options={kRanges.map((range) => ({ value: range, label: t(`range.${range}`) }))}
      />
      {custom && (
        <DatePicker.RangePicker
          allowClear={false} style={{ minWidth: 230 }} defaultOpen={choosing} autoFocus={choosing}
          value={[dayjs(filters.from || query.from), dayjs(filters.to || addDays(query.to, -1))]}
          onChange={(value) => {
            const [from, to] = value ?? [];
            if (!from || !to) return;
            setFilters({ range: 'custom', from: from.format('YYYY-MM-DD'), to: to.format('YYYY-MM-DD') });
            setChoosing(false);
          }}
        />
      )}
    </>
  );
}

function Historic() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { historic, zone } = useScope();
  const { data } = useGetStatus({ staleTime: 30_000 });
  if (!historic || !data?.data_to) return null;
  const newest = day(data.data_to, language, zone);
  return <Tooltip title={t('filter.historic_explain')}><Tag color="gold" className="nowrap">{t('filter.historic', { day: newest })}</Tag></Tooltip>;
}

/** Of whom the journeys are; nothing to choose from while there are no personas. */
function PersonaPicker() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { filters, setFilters } = useFilters();
  const personas = useListPersonas({ staleTime: 60_000 });
  const options = (personas.data?.items ?? []).map((one) => ({ value: one.key, label: (language === 'zh' ? one.name_zh || one.name_en : one.name_en || one.name_zh) }));
  if (options.length === 0 && !filters.persona) return null;
  return (
    <Select allowClear showSearch={{ optionFilterProp: 'label' }} popupMatchSelectWidth={false} style={{ minWidth: 140, maxWidth: 240 }} value={filters.persona || null} options={options}
      placeholder={t('persona.all')} aria-label={t('persona.one')} onChange={(key: string | null) => setFilters({ persona: key ?? '' })} />
  );
}

export function FilterBar() {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const { filters, setFilters } = useFilters();
  const names = useNames();
  const { data: units } = useListUnits({ staleTime: 300_000 });
  const unitOptions = useMemo(() => (units?.items ?? []).map((unit) => ({ value: unit.key, label: names.unit(unit.key) })), [units, names]);
  if (kWithout.test(pathname)) return null;
  const ofAllTime = pathname.startsWith('/customers');
  const multiple = { mode: 'multiple' as const, maxTagCount: 1, allowClear: true, popupMatchSelectWidth: false, style: { minWidth: 130, maxWidth: 240 } };
  return (
    <>
      {!ofAllTime && <RangePicker />}
      {pathname === '/' && (
        <Select
          value={comparison(filters)} disabled={filters.range === 'all'} onChange={(compare) => setFilters({ compare })} aria-label={t('filter.compare')} style={{ minWidth: 158 }} popupMatchSelectWidth={false}
          options={kCompares.map((compare) => ({ value: compare, label: t(`compare.${compare}`) }))}
        />
      )}
      {unitOptions.length > 1 && (
        <Select {...multiple} optionFilterProp="label" value={filters.units} onChange={(next) => setFilters({ units: next })} options={unitOptions} placeholder={t('filter.all_units')} aria-label={t('filter.units')} />
      )}
      {!ofAllTime && <Select
        {...multiple} value={filters.channels} onChange={(channels) => setFilters({ channels })} placeholder={t('filter.all_channels')} aria-label={t('filter.channels')}
        options={names.channels.map((key) => ({ value: key, label: names.channel(key) }))}
      />}
      {takesPersona(pathname) && <PersonaPicker />}
      {!ofAllTime && <Historic />}
    </>
  );
}
