// Which part each channel has in conversions: seven models side by side, with the interval of each share.
import { AimOutlined } from '@ant-design/icons';
import { Input, Select, Table, Tooltip, type TableColumnsType } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useGetChannelAttribution, type AttributedChannel, type ChannelAttribution } from '../../api/generated';
import { ExportMenu } from '../../charts/chart';
import { DrillNumber } from '../../components/drill_number';
import { Load } from '../../components/load';
import { Panel } from '../../components/page';
import { Teach } from '../../components/teach';
import { Told } from '../../components/told';
import { exact, percent } from '../../format/numbers';
import { useLanguage } from '../../i18n';
import { useNames } from '../../state/catalogue';
import { useScope } from '../../state/filters';

const kWindows = [7, 14, 30, 60, 90];

function useColumns(data: ChannelAttribution | undefined): TableColumnsType<AttributedChannel> {
  const { t } = useTranslation();
  const language = useLanguage();
  const names = useNames();
  return useMemo(() => {
    const models = data?.items[0]?.models.map((one) => one.model) ?? [];
    const name = (key: string) => (data?.by === 'channel' ? names.channel(key) : key);
    return [
      { title: t('channels.channel'), key: 'key', fixed: 'start', render: (_, row) => <b className="nowrap">{name(row.key)}</b> },
      ...models.map((model, at): TableColumnsType<AttributedChannel>[number] => ({
        title: <Tooltip title={t(`channels.model_words_${model}`)}>{t(`channels.model_${model}`)}</Tooltip>, key: model, align: 'end',
        render: (_, row) => {
          const one = row.models[at];
          if (!one) return null;
          const shown = percent(one.share, language);
          const interval = one.low !== null && one.high !== null && t('metric.interval', { low: percent(one.low, language), high: percent(one.high, language) });
          const cell = data?.by === 'channel'
            ? <DrillNumber behind="explained" to={{ title: `${name(row.key)} · ${t(`channels.model_${model}`)}`, channel: row.key, why: 'attributed', shown }}>{shown}</DrillNumber>
            : <span className="num">{shown}</span>;
          return <Tooltip title={<>{interval}<br />{t('channels.conversions_of', { n: exact(one.conversions, language, 1) })}</>}>{cell}</Tooltip>;
        },
      })),
      {
        title: t('channels.removal'), key: 'removal', align: 'end',
        render: (_, row) => <Told words={t('channels.removal_words')}><button type="button" className="link num" data-drill="told">{percent(row.removal_effect, language)}</button></Told>,
      },
    ];
  }, [data, t, language, names]);
}

export function AttributionTab() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { query, ready } = useScope();
  const [conversion, setConversion] = useState('');
  const [property, setProperty] = useState('');
  const [days, setDays] = useState(30);
  const found = useGetChannelAttribution({ ...query, window: days, ...(conversion && { conversion }), ...(property && { property }) }, { enabled: ready, keep: true });
  const data = found.data;
  const columns = useColumns(data);
  return (
    <Panel title={t('channels.attribution')} note={data && t('channels.paths_note', { journeys: exact(data.journeys, language), paths: exact(data.paths, language), conversions: exact(data.conversions, language) })}
      tools={data && <ExportMenu name="attribution" svg={() => null} rows={() => data.items.flatMap((item) => item.models.map((one) => ({
        channel: item.key, model: one.model, conversions: one.conversions, share: one.share, low: one.low ?? '', high: one.high ?? '', removal_effect: item.removal_effect,
      })))} />}>
      <div className="filter-line" style={{ gap: '8px 16px' }}>
        <Input.Search style={{ width: 260 }} allowClear placeholder={t('channels.conversion_any')} aria-label={t('channels.conversion_event')} onSearch={(text) => setConversion(text.trim())} />
        <Input.Search style={{ width: 260 }} allowClear placeholder={t('channels.property_any')} aria-label={t('channels.property')} onSearch={(text) => setProperty(text.trim())} />
        <Select<number> value={days} onChange={setDays} aria-label={t('channels.window')} options={kWindows.map((value) => ({ value, label: t('channels.window_days', { days: value }) }))} />
      </div>
      <Load query={found} rows={8}>
        {(shown) => (shown.items.length === 0 ? <Teach icon={<AimOutlined />} title={t('channels.no_conversion')} text={t('channels.no_conversion_text')} />
          : <Table<AttributedChannel> rowKey="key" size="middle" columns={columns} dataSource={shown.items} pagination={{ pageSize: 30, hideOnSinglePage: true, showSizeChanger: false }} scroll={{ x: 'max-content' }} />)}
      </Load>
      <p className="muted small" style={{ margin: '8px 0 0' }}>{t('channels.attribution_note')}</p>
    </Panel>
  );
}
